import Glibc
import SystemPackage

/// A system call that failed.
struct SystemCallError: Error {
  let call: StaticString
  /// The file that it was about.
  let subject: String
  let errno: Errno
}

/// An open file, closed when it goes out of use.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  init(_ number: Int32) {
    self.number = number
  }

  deinit { close(number) }
}
