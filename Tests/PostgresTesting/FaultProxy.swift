import Foundation
import Glibc
import Synchronization
import TerminalTesting

/// Hands messages on between clients and a server, from a socket of its own, and does to them what a test says.
///
/// One thread handles all connections, so that what one side sends is seen in one order, the same each time. Encrypted
/// connections pass through unread.
public final class FaultProxy: Sendable {
  /// The directory of its socket, to be given to clients as their host.
  public let host: String
  /// The port on which it listens at 127.0.0.1, nil where it doesn't.
  public let port: Int?
  private let server: PostgresServer
  private let control: ProxyControl

  /// Listens, and hands on to the server's socket.
  public init(to server: PostgresServer, tcp: Bool = false) throws {
    self.server = server
    let directory = try TemporaryDirectory()
    host = directory.path
    let local = Descriptor(try openSocket(AF_UNIX))
    try check(try withAddress(of: host) { bind(local.number, $0, $1) }, "bind")
    var listeners = [local]
    if tcp {
      let remote = Descriptor(try openSocket(AF_INET))
      port = try bindToLoopback(remote.number)
      listeners.append(remote)
    } else {
      port = nil
    }
    for listener in listeners { try check(listen(listener.number, 100), "listen") }
    let pipe = try makePipe()
    for descriptor in listeners + [pipe.read] { descriptor.stopBlocking() }
    let control = ProxyControl(wake: pipe.write)
    self.control = control
    Thread { [listeners, serverHost = server.host] in
      let loop = ProxyLoop(control: control, wake: pipe.read, listeners: listeners, server: serverHost)
      loop.run()
      withExtendedLifetime(directory) {}
    }.start()
  }

  deinit { control.update { $0.isClosed = true } }

  /// What connects libpq and psql through it to a database as a user.
  public func url(of database: Database, user: String = "postgres") -> String {
    database.url(user: user, host: host)
  }

  /// The same over TCP, where it listens there.
  public func tcpURL(of database: Database, user: String = "postgres") -> String? {
    port.map { "postgres://\(user)@127.0.0.1:\($0)/\(database.name)" }
  }

  /// Opens a connection through it, as the superuser.
  public func connect(to database: Database) throws -> Session {
    try Session(host: host, database: database.name)
  }

  /// Lets this go wrong from now on, besides what was injected before: the first fault that doesn't let a message pass
  /// decides about it.
  public func inject(_ fault: Fault) { control.update { $0.faults.append(fault) } }

  /// Hands on what is held; what comes later is still subject to the faults.
  public func release() { control.update { $0.isReleased = true } }

  /// Lets nothing go wrong any more, and hands on what is held.
  public func heal() {
    control.update {
      $0.faults = []
      $0.isReleased = true
    }
  }

  /// Closes all connections on both sides.
  public func cut() { control.update { $0.isCut = true } }

  /// The messages so far, also those that were lost.
  public var messages: [WireMessage] { control.state.withLock { $0.messages } }

  /// Waits until the messages so far are as a test wants them, then returns them; throws them after two minutes.
  @discardableResult
  public func waitFor(_ what: String, _ condition: ([WireMessage]) -> Bool) throws -> [WireMessage] {
    do {
      try waitUntil(what) { condition(messages) }
    } catch {
      throw ServerFailure("\(error)\n\(messages.map(\.description).joined(separator: "\n"))")
    }
    return messages
  }
}

/// What a test tells the thread of a proxy, and what that tells the test.
final class ProxyControl: Sendable {
  struct State {
    var faults: [Fault] = []
    var messages: [WireMessage] = []
    var isReleased = false
    var isCut = false
    var isClosed = false
  }

  let state = Mutex(State())
  private let wake: Descriptor

  init(wake: Descriptor) { self.wake = wake }

  func update(_ change: (inout sending State) -> Void) {
    state.withLock { change(&$0) }
    var byte: UInt8 = 0
    // The thread holds the other end until it is told to end.
    _ = write(wake.number, &byte, 1)
  }

  /// Notes a message, and says what is to be done with it.
  func decide(_ message: WireMessage) -> Verdict {
    state.withLock { state in
      state.messages.append(message)
      for fault in state.faults {
        let verdict = fault.verdict(message)
        if case .pass = verdict { continue }
        return verdict
      }
      return .pass
    }
  }
}

/// Counts from 1.
final class Counter: Sendable {
  private let count = Atomic(0)

  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

private func bindToLoopback(_ socket: Int32) throws -> Int {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  try withUnsafeMutablePointer(to: &address) {
    try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      try check(bind(socket, $0, length), "bind")
      try check(getsockname(socket, $0, &length), "getsockname")
    }
  }
  return Int(UInt16(bigEndian: address.sin_port))
}
