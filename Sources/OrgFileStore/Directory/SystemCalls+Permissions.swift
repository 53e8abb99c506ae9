import CLinux
import Glibc
import SystemPackage

/// What may be done with files, and by whom.
extension SystemCalls {
  /// What keeps this process from adding and replacing files of a directory; `nil` for nothing.
  func obstacle(toWritingIn directory: borrowing Descriptor) -> Errno? {
    faccessat(directory.number, ".", W_OK | X_OK, AT_EACCESS) == 0 ? nil : Errno(rawValue: errno)
  }

  /// Whether this process may use a file so: `R_OK`, `W_OK` and `X_OK`, in any combination.
  func permits(_ access: Int32, _ name: String, in directory: borrowing Descriptor) -> Bool {
    faccessat(directory.number, name, access, AT_EACCESS) == 0
  }

  /// What the kernel says of a file beside its status; of the directory itself if the name is empty. `nil` where it says
  /// nothing.
  func traits(of name: String, in directory: borrowing Descriptor) -> clinux_traits? {
    var traits = clinux_traits()
    return clinux_get_traits(directory.number, name, &traits) == 0 ? traits : nil
  }

  /// An extended attribute of a file; `nil` where it has none of that name.
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

  /// Bytes that an extended attribute can have.
  private static let longestAttribute = 1 << 16

  func setAttribute(
    _ attribute: String, _ bytes: [UInt8], of file: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    let number = file.number
    try call("fsetxattr", name) { fsetxattr(number, attribute, bytes, bytes.count, 0) }
  }

  /// Takes an extended attribute away, if it is there.
  func removeAttribute(
    _ attribute: String, of file: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    let number = file.number
    do throws(SystemCallError) {
      try call("fremovexattr", name) { fremovexattr(number, attribute) }
    } catch  where error.errno == .noData || error.errno == .notSupportedOnSocket {}
  }

  /// Gives a file the extended attributes of another, as far as this process may, but for access control lists.
  func copyAttributes(from source: borrowing Descriptor, to target: borrowing Descriptor) {
    clinux_copy_attributes(source.number, target.number)
  }

  /// Why no lease is to be had on a file, whoever has it open; `nil` where one is.
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
