import Glibc
import TerminalTesting

/// The thread of a proxy.
final class ProxyLoop {
  private let control: ProxyControl
  private let wake: Descriptor
  private let listeners: [Descriptor]
  private let server: String
  private var connections: [ProxyConnection] = []
  private var accepted = 0

  init(control: ProxyControl, wake: Descriptor, listeners: [Descriptor], server: String) {
    self.control = control
    self.wake = wake
    self.listeners = listeners
    self.server = server
  }

  func run() {
    while obey() {
      let now = ContinuousClock.now
      for connection in connections { connection.exchange(now, control.decide) }
      connections.removeAll { $0.isCut }
      let due = connections.compactMap(\.due).min()
      let events = ([wake] + listeners).map { ($0, POLLIN) } + connections.flatMap(\.events)
      // The longest wait; nothing is waited for by then.
      _ = wait(for: events, until: due ?? now + .seconds(3_600))
      for listener in listeners { accept(from: listener) }
    }
  }

  /// Does what tests have told; false where they need the proxy no longer.
  private func obey() -> Bool {
    _ = wake.readAll { _ in }
    let (isReleased, isCut, isClosed) = control.state.withLock { state in
      defer { (state.isReleased, state.isCut) = (false, false) }
      return (state.isReleased, state.isCut, state.isClosed)
    }
    if isCut { connections = [] }
    if isReleased { for connection in connections { connection.release() } }
    return !isClosed
  }

  private func accept(from listener: Descriptor) {
    while let client = acceptConnection(on: listener) {
      client.stopBlocking()
      // Where the server doesn't listen, the client's connection is closed at once.
      guard let socket = try? openSocket(AF_UNIX) else { continue }
      let upstream = Descriptor(socket)
      upstream.stopBlocking()
      guard (try? withAddress(of: server) { connect(socket, $0, $1) }) == 0 else { continue }
      accepted += 1
      connections.append(ProxyConnection(number: accepted, client: client, server: upstream))
    }
  }
}

/// A client's connection and the one to the server that belongs to it; closed when nobody holds it any more.
final class ProxyConnection {
  private let number: Int
  private var parser = WireParser()
  private var toServer: ProxyStream
  private var toClient: ProxyStream
  private(set) var isCut = false

  init(number: Int, client: Descriptor, server: Descriptor) {
    self.number = number
    toServer = ProxyStream(sender: .client, source: client, sink: server)
    toClient = ProxyStream(sender: .server, source: server, sink: client)
  }

  /// When something that is delayed is to be handed on.
  var due: ContinuousClock.Instant? { [toServer.due, toClient.due].compactMap { $0 }.min() }

  var events: [(Descriptor, Int32)] { toServer.events + toClient.events }

  /// Reads what can be read, and hands on what is due.
  func exchange(_ now: ContinuousClock.Instant, _ decide: (WireMessage) -> Verdict) {
    exchange(&toServer, now, decide)
    if !isCut { exchange(&toClient, now, decide) }
  }

  func release() {
    toServer.release()
    toClient.release()
  }

  private func exchange(
    _ stream: inout ProxyStream, _ now: ContinuousClock.Instant, _ decide: (WireMessage) -> Verdict
  ) {
    stream.read()
    while let (bytes, content) = parser.next(from: stream.sender, &stream.unparsed) {
      stream.parsedCount += 1
      let message = WireMessage(
        connection: number, sender: stream.sender, number: stream.parsedCount, name: content.name,
        statement: content.statement, tag: content.tag)
      stream.queue(bytes, decide(message), now)
    }
    isCut = stream.write(now)
  }
}

/// What one side of a connection sends to the other.
struct ProxyStream {
  private struct Item {
    var bytes: [UInt8]
    /// When it is to be handed on; nil where it is held.
    var due: ContinuousClock.Instant?
    var cuts: Bool
  }

  let sender: Sender
  private let source: Descriptor
  private let sink: Descriptor
  private var hasEnded = false
  /// Whether the connection is to be closed once what is due has been written.
  private var cuts = false
  var unparsed: ArraySlice<UInt8> = []
  var parsedCount = 0
  private var items: [Item] = []
  private var unwritten: ArraySlice<UInt8> = []

  init(sender: Sender, source: Descriptor, sink: Descriptor) {
    self.sender = sender
    self.source = source
    self.sink = sink
  }

  var due: ContinuousClock.Instant? { unwritten.isEmpty ? items.first?.due : nil }

  var events: [(Descriptor, Int32)] {
    (hasEnded ? [] : [(source, POLLIN)]) + (unwritten.isEmpty ? [] : [(sink, POLLOUT)])
  }

  mutating func read() {
    if !hasEnded { hasEnded = !source.readAll { unparsed += $0 } }
  }

  mutating func queue(_ bytes: [UInt8], _ verdict: Verdict, _ now: ContinuousClock.Instant) {
    switch verdict {
    case .pass: items.append(Item(bytes: bytes, due: now, cuts: false))
    case .delay(let time): items.append(Item(bytes: bytes, due: now + time, cuts: false))
    case .hold: items.append(Item(bytes: bytes, due: nil, cuts: false))
    case .drop: break
    case .cut: items.append(Item(bytes: [], due: now, cuts: true))
    case .passAndCut: items.append(Item(bytes: bytes, due: now, cuts: true))
    }
  }

  mutating func release() {
    for index in items.indices where items[index].due == nil { items[index].due = .now }
  }

  /// Writes what is due; true where the connection is to be closed then.
  mutating func write(_ now: ContinuousClock.Instant) -> Bool {
    var count = 0
    while !cuts, count < items.count, let due = items[count].due, due <= now {
      unwritten += items[count].bytes
      cuts = items[count].cuts
      count += 1
    }
    items.removeFirst(count)
    while !unwritten.isEmpty {
      let count = unwritten.withUnsafeBytes {
        send(sink.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        unwritten = unwritten.dropFirst(count)
      } else if errno == EAGAIN {
        return false
      } else if errno != EINTR {
        return true
      }
    }
    return cuts || hasEnded && items.isEmpty
  }
}
