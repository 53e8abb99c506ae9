/// Divides what both sides of a connection send into messages of PostgreSQL's protocol, version 3, and knows which
/// statement each is about.
struct WireParser {
  struct Content {
    var name: String
    var statement: String?
    var tag: String?
  }

  private enum Phase {
    /// Before the first message with a type.
    case startup
    /// After a request for encryption, which the server answers with a byte.
    case negotiation
    case messages
    /// Encrypted, or a request to cancel.
    case opaque
  }

  private var phase = Phase.startup
  private var conversation = Conversation()

  /// Takes the next message of one side off what has been read of it, nil until it is complete.
  mutating func next(from sender: Sender, _ bytes: inout ArraySlice<UInt8>) -> (
    bytes: [UInt8], content: Content
  )? {
    guard !bytes.isEmpty else { return nil }
    switch (phase, sender) {
    case (.opaque, _): return (take(bytes.count, of: &bytes), Content(name: "Encrypted"))
    case (.startup, .client):
      guard let message = takeFramed(typeSize: 0, &bytes) else { return nil }
      return (message, Content(name: begin(number(message[4...]))))
    case (.negotiation, .client): return nil
    case (.negotiation, .server):
      phase = bytes.first == UInt8(ascii: "N") ? .startup : .opaque
      return (take(1, of: &bytes), Content(name: "NegotiationResponse"))
    case (.startup, .server), (.messages, _):
      guard let message = takeFramed(typeSize: 1, &bytes) else { return nil }
      let type = Character(UnicodeScalar(message[0]))
      let body = message[5...]
      return (message, sender == .client ? conversation.ask(type, body) : conversation.answer(type, body))
    }
  }

  private mutating func begin(_ code: Int) -> String {
    switch code {
    case 80_877_102:
      phase = .opaque
      return "CancelRequest"
    case 80_877_103:
      phase = .negotiation
      return "SSLRequest"
    case 80_877_104:
      phase = .negotiation
      return "GSSENCRequest"
    default:
      phase = .messages
      return "StartupMessage"
    }
  }

  private func takeFramed(typeSize: Int, _ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard bytes.count >= typeSize + 4 else { return nil }
    let length = typeSize + number(bytes.dropFirst(typeSize))
    return bytes.count >= length ? take(length, of: &bytes) : nil
  }

  private func take(_ count: Int, of bytes: inout ArraySlice<UInt8>) -> [UInt8] {
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }
}

/// Which of the client's messages the server is answering.
private struct Conversation {
  private var prepared: [String: String] = [:]
  private var portals: [String: String] = [:]
  /// What the client has sent and the server hasn't answered yet.
  private var pending: [(type: Character, statement: String?)] = []

  mutating func ask(_ type: Character, _ body: ArraySlice<UInt8>) -> WireParser.Content {
    let name = clientNames[type] ?? "Unknown(\(type))"
    let texts = body.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    func text(_ index: Int) -> String { index < texts.count ? texts[index] : "" }
    var statement: String?
    switch type {
    case "Q": statement = text(0)
    case "P":
      statement = text(1)
      prepared[text(0)] = statement
    case "B":
      statement = prepared[text(1)]
      portals[text(0)] = statement
    case "E": statement = portals[text(0)]
    case "D":
      let name = String(text(0).dropFirst())
      statement = text(0).first == "S" ? prepared[name] : portals[name]
    case "C", "S", "F": break
    default: return .init(name: name, statement: pending.first?.statement)
    }
    pending.append((type, statement))
    return .init(name: name, statement: statement)
  }

  mutating func answer(_ type: Character, _ body: ArraySlice<UInt8>) -> WireParser.Content {
    let head = pending.first
    var content = WireParser.Content(
      name: serverNames[type] ?? "Unknown(\(type))", statement: head?.statement)
    switch type {
    case "1", "2", "3", "n": pop(["P", "B", "C", "D"])
    case "T": pop(["D"])
    case "C":
      content.tag = String(decoding: body.prefix { $0 != 0 }, as: UTF8.self)
      pop(["E"])
    case "I", "s": pop(["E"])
    case "E" where head.map { !"QF".contains($0.type) } ?? false:
      // The rest up to the next Sync isn't answered.
      pending = Array(pending.drop { $0.type != "S" })
    case "G" where head?.type == "E":
      // While data are copied, the Sync that was sent with the statement isn't answered.
      if let sync = pending.firstIndex(where: { $0.type == "S" }) { pending.remove(at: sync) }
    case "Z": pop(["Q", "F", "S"])
    default: break
    }
    return content
  }

  private mutating func pop(_ types: Set<Character>) {
    if let head = pending.first, types.contains(head.type) { pending.removeFirst() }
  }
}

private let clientNames: [Character: String] = [
  "B": "Bind", "C": "Close", "c": "CopyDone", "d": "CopyData", "D": "Describe", "E": "Execute",
  "f": "CopyFail",
  "F": "FunctionCall", "H": "Flush", "p": "PasswordMessage", "P": "Parse", "Q": "Query", "S": "Sync",
  "X": "Terminate",
]

private let serverNames: [Character: String] = [
  "1": "ParseComplete", "2": "BindComplete", "3": "CloseComplete", "A": "NotificationResponse",
  "c": "CopyDone", "C": "CommandComplete", "d": "CopyData", "D": "DataRow", "E": "ErrorResponse",
  "G": "CopyInResponse", "H": "CopyOutResponse", "I": "EmptyQueryResponse", "K": "BackendKeyData",
  "n": "NoData", "N": "NoticeResponse", "R": "Authentication", "s": "PortalSuspended",
  "S": "ParameterStatus", "t": "ParameterDescription", "T": "RowDescription", "V": "FunctionCallResponse",
  "v": "NegotiateProtocolVersion", "W": "CopyBothResponse", "Z": "ReadyForQuery",
]
