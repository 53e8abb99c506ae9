import Glibc

/// An error that a server answers with.
public struct SessionError: Error, CustomStringConvertible {
  /// The code of five letters and digits.
  public let sqlState: String
  /// What it says about it.
  public let message: String

  /// The sentence to print.
  public var description: String { "\(sqlState): \(message)" }
}

/// A connection that speaks the simple part of PostgreSQL's protocol: without libpq, so that a test can say what is sent
/// and when an answer is awaited. To be used by one thread at a time; closed when nobody holds it any more.
public final class Session {
  /// The process that serves it, as it says: behind a pooler that is the pooler's number.
  public private(set) var backendID: Int32 = 0
  private let socket: Int32
  private var received: [UInt8] = []

  /// Connects to the socket in a directory, without a password.
  public init(host: String, database: String, user: String = "postgres") throws {
    socket = try connectSocket(host)
    let parameters = ["user", user, "database", database].map { Array($0.utf8) + [0] }.joined()
    try write(bigEndian(196_608) + parameters + [0], type: nil)
    try readUntilReady { type, body in
      if type == "R", body.prefix(4) != [0, 0, 0, 0] { throw ServerFailure("The server wants a password.") }
      if type == "K" { backendID = Int32(truncatingIfNeeded: number(body)) }
    }
  }

  deinit { close(socket) }

  /// Runs statements and returns the rows of all; throws the first error.
  @discardableResult
  public func query(_ sql: String) throws -> [[String?]] {
    try send(sql)
    return try receive()
  }

  /// Sends statements without waiting for their end.
  public func send(_ sql: String) throws { try write(Array(sql.utf8) + [0], type: "Q") }

  /// Waits for the end of what was sent, and returns the rows of all; throws the first error.
  public func receive() throws -> [[String?]] {
    var rows: [[String?]] = []
    try readUntilReady { type, body in if type == "D" { rows.append(values(body)) } }
    return rows
  }

  private func write(_ body: [UInt8], type: Character?) throws {
    var bytes = (type?.asciiValue.map { [$0] } ?? []) + bigEndian(body.count + 4) + body
    while !bytes.isEmpty {
      let count = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        bytes.removeFirst(count)
      } else if errno != EINTR {
        throw ServerFailure("send", code: errno)
      }
    }
  }

  private func readUntilReady(_ take: (Character, ArraySlice<UInt8>) throws -> Void) throws {
    var failure: SessionError?
    while true {
      guard let (type, body) = try readMessage() else {
        throw failure ?? ServerFailure("The server has closed the connection.")
      }
      if type == "E" { failure = failure ?? error(body) }
      if type == "Z" { break }
      try take(type, body)
    }
    if let failure { throw failure }
  }

  /// The next message, nil where the server has closed the connection.
  private func readMessage() throws -> (Character, ArraySlice<UInt8>)? {
    while true {
      let length = received.count < 5 ? 4 : number(received[1...])
      if received.count > length {
        let message = received[...length]
        received = Array(received[(length + 1)...])
        return (Character(UnicodeScalar(message[0])), message[5...])
      }
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = recv(socket, &buffer, buffer.count, 0)
      if count > 0 {
        received += buffer[..<count]
      } else if count == 0 {
        return nil
      } else if errno != EINTR {
        throw ServerFailure("recv", code: errno)
      }
    }
  }
}

/// A stream socket that is connected to the usual name in a directory, and gives up after two minutes without an answer.
private func connectSocket(_ host: String) throws -> Int32 {
  let socket = try openSocket(AF_UNIX)
  var time = timeval(tv_sec: 120, tv_usec: 0)
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  guard try withAddress(of: host, { connect(socket, $0, $1) }) == 0 else {
    let code = errno
    close(socket)
    throw ServerFailure("Connecting to \(host)", code: code)
  }
  return socket
}

private func bigEndian(_ number: Int) -> [UInt8] {
  withUnsafeBytes(of: Int32(truncatingIfNeeded: number).bigEndian) { Array($0) }
}

private func values(_ body: ArraySlice<UInt8>) -> [String?] {
  var rest = body.dropFirst(2)
  var values: [String?] = []
  while !rest.isEmpty {
    let length = number(rest)
    rest = rest.dropFirst(4)
    values.append(length < 0 ? nil : String(decoding: rest.prefix(length), as: UTF8.self))
    rest = rest.dropFirst(max(0, length))
  }
  return values
}

private func error(_ body: ArraySlice<UInt8>) -> SessionError {
  let fields = Dictionary(
    body.split(separator: 0).map { ($0.first, String(decoding: $0.dropFirst(), as: UTF8.self)) }
  ) { first, _ in first }
  return SessionError(sqlState: fields[UInt8(ascii: "C")] ?? "", message: fields[UInt8(ascii: "M")] ?? "")
}
