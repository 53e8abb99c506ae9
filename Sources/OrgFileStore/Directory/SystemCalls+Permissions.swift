import CLinux
import Glibc
import SystemPackage

/// Access rights and file attributes.
extension SystemCalls {
  /// Why this process can't add or replace files in a directory; `nil` if it can.
  func obstacle(toWritingIn directory: borrowing Descriptor) -> Errno? {
    faccessat(directory.number, ".", W_OK | X_OK, AT_EACCESS) == 0 ? nil : Errno(rawValue: errno)
  }

  /// Whether this process has the given access to a file: any combination of `R_OK`, `W_OK`, and `X_OK`.
  func permits(_ access: Int32, _ name: String, in directory: borrowing Descriptor) -> Bool {
    faccessat(directory.number, name, access, AT_EACCESS) == 0
  }

  /// What the kernel knows about a file in addition to its status, or about the directory itself if the name is
  /// empty. `nil` if unknown.
  func traits(of name: String, in directory: borrowing Descriptor) -> clinux_traits? {
    var traits = clinux_traits()
    return clinux_get_traits(directory.number, name, &traits) == 0 ? traits : nil
  }

  /// The value of an extended attribute; `nil` if the file doesn't have it.
  func attribute(
    _ attribute: String, of file: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: Self.longestAttribute)
    do throws(SystemCallError) {
      let number = file.number
      let count = try call("fgetxattr", name) { fgetxattr(number, attribute, &bytes, bytes.count) }
      return Array(bytes.prefix(count))
    } catch  where error.errno == .noData {
      return nil
    }
  }

  /// The maximum size of an extended attribute, in bytes.
  private static let longestAttribute = 1 << 16

  func setAttribute(
    _ attribute: String, _ bytes: [UInt8], of file: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    let number = file.number
    try call("fsetxattr", name) { fsetxattr(number, attribute, bytes, bytes.count, 0) }
  }

  /// Removes an extended attribute if it exists.
  func removeAttribute(
    _ attribute: String, of file: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    let number = file.number
    do throws(SystemCallError) {
      try call("fremovexattr", name) { fremovexattr(number, attribute) }
    } catch  where error.errno == .noData || error.errno == .notSupportedOnSocket {}
  }

  /// Copies the extended attributes of a file to another, as far as permitted, except access control lists.
  func copyAttributes(from source: borrowing Descriptor, to target: borrowing Descriptor) {
    clinux_copy_attributes(source.number, target.number)
  }

  /// Why leases on a file aren't available, regardless of which processes have it open; `nil` if they are.
  func leaseObstacle(_ descriptor: borrowing Descriptor, _ name: String) -> Errno? {
    do {
      let number = descriptor.number
      try call("lease", name) { clinux_take_lease(number, Int32(F_RDLCK)) }
      clinux_release_lease(number)
      return nil
    } catch {
      return error.errno == .wouldBlock ? nil : error.errno
    }
  }
}
