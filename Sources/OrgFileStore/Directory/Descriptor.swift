import Glibc
import SystemPackage

/// A failed system call.
struct SystemCallError: Error {
  let call: StaticString
  /// The file that the call was about.
  let subject: String
  let errno: Errno
}

/// An open file descriptor, closed at the end of its lifetime.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  init(_ number: Int32) {
    self.number = number
  }

  deinit { close(number) }
}
