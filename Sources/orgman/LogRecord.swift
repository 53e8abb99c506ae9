import Glibc
import Logging
import OrgCore

/// A destination for records. A sink never fails: records that can't be logged are dropped.
protocol LogSink: Sendable {
  func write(_ record: LogRecord)
}

/// One record: our own message, and untrusted values.
struct LogRecord {
  let time: Timestamp
  let level: Logger.Level
  let message: String
  let values: [(name: String, value: String)]

  /// The maximum number of scalars logged per value.
  private static let valueLimit = 2000

  init(time: Timestamp = .now(), level: Logger.Level, message: String, values: Logger.Metadata) {
    self.time = time
    self.level = level
    self.message = message
    self.values = values.sorted { $0.key < $1.key }.map { name, value in
      let text = value.description
      guard text.unicodeScalars.count > Self.valueLimit else { return (name, text) }
      return (name, String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.valueLimit))) + "…")
    }
  }

  /// The message, followed by the values on the same line: `Committed. changes=2 generation=5 note="as \"she\" said"`.
  var text: String {
    values.reduce(message) { "\($0) \($1.name)=\(Self.escaped($1.value))" }
  }

  /// For example, `2026-11-22T21:51:10.076830Z info orgman[4121]: Committed. …`.
  var line: String {
    "\(time.description.replacing(" ", with: "T"))Z \(level.rawValue) orgman[\(getpid())]: \(text)\n"
  }

  /// The datagram of systemd's native protocol: the text, and each value in a separate field.
  var datagram: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ name: String, _ value: String) {
      bytes += Array(name.utf8)
      let value = Array(value.utf8)
      if value.contains(UInt8(ascii: "\n")) {
        // A value with several lines: its length as a 64-bit little-endian number, followed by the raw bytes.
        bytes.append(UInt8(ascii: "\n"))
        withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes += Array($0) }
      } else {
        bytes.append(UInt8(ascii: "="))
      }
      bytes += value
      bytes.append(UInt8(ascii: "\n"))
    }
    add("MESSAGE", text)
    add("PRIORITY", priority)
    add("SYSLOG_IDENTIFIER", "orgman")
    for value in values { add("ORGMAN_" + value.name.uppercased(), value.value) }
    return bytes
  }

  /// The syslog priority of the level.
  private var priority: String {
    switch level {
    case .trace, .debug: "7"
    case .info: "6"
    case .notice: "5"
    case .warning: "4"
    case .error: "3"
    case .critical: "2"
    }
  }

  /// A value as it is if it is a single plain word; otherwise in double quotes, with escapes for quotes and for
  /// characters that could end the line or affect a terminal.
  static func escaped(_ value: String) -> String {
    let isWord = value.unicodeScalars.allSatisfy {
      $0.isPlain && !$0.properties.isWhitespace && $0 != "\"" && $0 != "\\" && $0 != "="
    }
    guard !isWord || value.isEmpty else { return value }
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.isPlain: result.unicodeScalars.append(scalar)
      default: result += scalar.visibleEscape
      }
    }
    return result + "\""
  }
}

/// Converts log messages to records.
struct SinkHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let sink: any LogSink

  init(logLevel: Logger.Level, sink: any LogSink) {
    self.logLevel = logLevel
    self.sink = sink
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let values = metadata.merging(event.metadata ?? [:]) { $1 }
    sink.write(LogRecord(level: event.level, message: event.message.description, values: values))
  }
}
