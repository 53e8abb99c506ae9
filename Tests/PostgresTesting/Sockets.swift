import Glibc

/// A new stream socket that no program inherits.
func openSocket(_ family: Int32) throws -> Int32 {
  let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  guard socket >= 0 else { throw ServerFailure("socket", code: errno) }
  return socket
}

/// Calls with the address of the socket that clients look for in a directory.
func withAddress<Result>(
  of directory: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
) throws -> Result {
  let path = Array("\(directory)/.s.PGSQL.5432".utf8)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  guard path.count < MemoryLayout.size(ofValue: address.sun_path) else {
    throw ServerFailure("The path of a socket is too long: \(directory)")
  }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
  return try withUnsafePointer(to: &address) {
    try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      try body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
}

/// The number in the first four bytes.
func number(_ bytes: ArraySlice<UInt8>) -> Int {
  Int(Int32(truncatingIfNeeded: bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }))
}
