import Glibc
import OrgCore
import OrgViewModel

/// Writes rows of a list for other programs.
struct Exporter {
  private let request: ExportRequest
  private let job: ExportJob
  private var bytes: [UInt8] = []
  private var count = 0

  private init(_ request: ExportRequest, _ job: ExportJob) { (self.request, self.job) = (request, job) }

  /// Writes what a request asks for, or says why it can't. Takes a while.
  static func result(of request: ExportRequest, _ job: ExportJob) -> Result<ExportOutcome, OrgError> {
    do throws(OrgError) {
      return .success(try run(request, job))
    } catch {
      return .failure(error)
    }
  }

  /// Writes what a request asks for. Takes a while.
  static func run(_ request: ExportRequest, _ job: ExportJob) throws(OrgError) -> ExportOutcome {
    var exporter = Exporter(request, job)
    guard let path = request.path else {
      try exporter.add { _ throws(OrgError) in }
      return .text(String(decoding: exporter.bytes, as: UTF8.self), exporter.count)
    }
    return try exporter.write(to: path)
  }

  /// Writes a file beside, for its owner alone to read, and puts it in its place when it is whole.
  private mutating func write(to path: String) throws(OrgError) -> ExportOutcome {
    var status = stat()
    if lstat(path, &status) == 0 {
      guard request.replaces else { return .exists }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw OrgError(.invalidValue, "\(path.escapedForDisplay) isn't a file; take another name.")
      }
    }
    let draft = path + ".part-\(getpid())"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    func failure() -> OrgError {
      OrgError(.system, "\(path.escapedForDisplay) can't be written: \(String(cString: strerror(errno))).")
    }
    guard descriptor >= 0 else { throw failure() }
    var isOpen = true
    defer {
      if isOpen { close(descriptor) }
      unlink(draft)
    }
    func put(_ bytes: [UInt8]) throws(OrgError) {
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw failure() }
        written += count
      }
    }
    try add { bytes throws(OrgError) in
      try put(bytes)
      bytes = []
    }
    try put(bytes)
    isOpen = false
    guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw failure() }
    // What came meanwhile isn't replaced unasked.
    if request.replaces {
      guard rename(draft, path) == 0 else { throw failure() }
    } else if link(draft, path) != 0 {
      if errno == EEXIST { return .exists }
      throw failure()
    }
    return .written(count)
  }

  /// Adds all rows, and hands over what there is of them from time to time.
  private mutating func add(_ flush: (inout [UInt8]) throws(OrgError) -> Void) throws(OrgError) {
    var (all, rows) = (bytes, 0)
    let (columns, numbers, format) = (request.columns, request.numbers, request.format)
    switch format {
    case .csv:
      for (place, column) in columns.enumerated() {
        if place > 0 { all.append(UInt8(ascii: ",")) }
        all += column.utf8
      }
      all += "\r\n".utf8
    case .json: all += "[".utf8
    case .clipboard: break
    }
    try request.forEachRow(job) { values throws(OrgError) in
      try job.count()
      switch format {
      case .csv:
        for (place, value) in values.enumerated() {
          if place > 0 { all.append(UInt8(ascii: ",")) }
          Self.append(csv: value, to: &all)
        }
        all += "\r\n".utf8
      case .json:
        all += (rows == 0 ? "\n{" : ",\n{").utf8
        for (place, (column, value)) in zip(columns, values).enumerated() {
          if place > 0 { all += ", ".utf8 }
          Self.append(json: column, to: &all)
          all += ": ".utf8
          if let value, numbers.contains(column), Int(value) != nil {
            all += value.utf8
          } else {
            Self.append(json: value, to: &all)
          }
        }
        all += "}".utf8
      case .clipboard:
        if rows > 0 { all += "\n".utf8 }
        all += values.map { ($0 ?? "").escapedForDisplay }.joined(separator: "\t").utf8
      }
      rows += 1
      if all.count > 1 << 16 { try flush(&all) }
    }
    if format == .json { all += (rows == 0 ? "]\n" : "\n]\n").utf8 }
    (bytes, count) = (all, rows)
  }

  /// According to RFC 4180; a text that a spreadsheet would take for a formula begins with an apostrophe.
  private static func append(csv value: String?, to bytes: inout [UInt8]) {
    guard var value else { return }
    if let first = value.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
      value = "'" + value
    }
    let needsQuotes =
      value.isEmpty || value.utf8.first == 0x20 || value.utf8.last == 0x20
      || value.utf8.contains {
        $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",")
      }
    guard needsQuotes else { return bytes += value.utf8 }
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(json value: String?, to bytes: inout [UInt8]) {
    guard let value else { return bytes += "null".utf8 }
    bytes.append(UInt8(ascii: "\""))
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": bytes += "\\\"".utf8
      case "\\": bytes += "\\\\".utf8
      case "\n": bytes += "\\n".utf8
      case "\t": bytes += "\\t".utf8
      case "\r": bytes += "\\r".utf8
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
        } else {
          bytes += String(Character(scalar)).utf8
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// Keeps views that are saved by name.
package protocol ViewKeeper: Sendable {
  /// Keeps a view; one of its name is replaced.
  func save(_ view: SavedView) throws(OrgError)
}

extension ViewKeeper {
  /// Keeps a view.
  ///
  /// - Returns: why it can't be kept; `nil` if it was.
  func problem(saving view: SavedView) -> OrgError? {
    do throws(OrgError) {
      try save(view)
      return nil
    } catch {
      return error
    }
  }
}
