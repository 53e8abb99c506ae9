import Glibc
import OrgCore
import SystemPackage

/// A file, or standard input, read piece by piece, with the line that the next byte is in. Holds one piece at a
/// time, however large the file is.
final class ByteSource {
  /// What to call it in a sentence.
  let name: String
  /// Bytes of the file, where that is known.
  let size: Int?
  /// How many bytes were taken.
  private(set) var position = 0
  /// The line of the next byte, from 1.
  private(set) var line = 1
  /// Called after each piece.
  var onProgress: (ByteSource) -> Void = { _ in }

  private let descriptor: Int32
  private let closes: Bool
  private let limit: Int
  private var readCount = 0
  /// Bytes of the longest file that is read: a million members take a tenth.
  static let longest = 1 << 30
  private var chunk: [UInt8] = []
  private var index = 0
  private var isAtEnd = false

  /// Opens a file; `-` is standard input.
  ///
  /// - Parameter limit: bytes of which more are refused, when they come at the latest.
  /// - Throws: `dataNotFound` if there is none, `system` if it can't be opened, `invalidValue` if it is no plain file, or
  ///   too large.
  init(path: String, limit: Int = longest) throws(OrgError) {
    closes = path != "-"
    name = closes ? path.escapedForDisplay : "Standard input"
    self.limit = limit
    descriptor = closes ? try InputFile.open(path) : STDIN_FILENO
    let kind: InputFile.Kind
    do throws(OrgError) {
      kind = try InputFile.kind(of: descriptor, name, isGiven: !closes || InputFile.given(path) != nil)
      if case .plain(let size) = kind, size > limit { throw Self.excess(name, limit) }
    } catch {
      // The object isn't there yet, so nothing closes it later.
      if closes { close(descriptor) }
      throw error
    }
    if case .plain(let size) = kind { self.size = size } else { size = nil }
  }

  private static func excess(_ name: String, _ limit: Int) -> OrgError {
    OrgError(.invalidValue, "\(name) has more than \(limit >> 20) MiB, which is too much.")
  }

  deinit {
    if closes { close(descriptor) }
  }

  /// The next byte, left where it is; `nil` at the end.
  func peek() throws(OrgError) -> UInt8? {
    if index == chunk.count { try fill() }
    return index < chunk.count ? chunk[index] : nil
  }

  /// Takes the next byte.
  func next() throws(OrgError) -> UInt8? {
    guard let byte = try peek() else { return nil }
    index += 1
    position += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }

  /// Takes bytes up to one of those given, or to the end of the piece; which of both, the next `peek` says.
  func take(until isEnd: (UInt8) -> Bool, into bytes: inout [UInt8]) throws(OrgError) {
    if index == chunk.count { try fill() }
    let start = index
    while index < chunk.count, !isEnd(chunk[index]) {
      if chunk[index] == UInt8(ascii: "\n") { line += 1 }
      index += 1
    }
    bytes += chunk[start..<index]
    position += index - start
  }

  /// Takes what was read of the file and not taken yet, without counting lines; `nil` at the end.
  func piece() throws(OrgError) -> ArraySlice<UInt8>? {
    if index == chunk.count { try fill() }
    guard index < chunk.count else { return nil }
    let piece = chunk[index...]
    position += piece.count
    index = chunk.count
    return piece
  }

  /// Everything that is left.
  ///
  /// - Throws: `invalidValue` if it is more than the limit.
  func rest() throws(OrgError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size ?? 0)
    while let piece = try piece() { bytes += piece }
    return bytes
  }

  private func fill() throws(OrgError) {
    guard !isAtEnd else { return }
    chunk = [UInt8](repeating: 0, count: 1 << 16)
    index = 0
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let error = Errno(rawValue: errno)
        chunk = []
        throw OrgError(error, "\(name) can't be read")
      }
      isAtEnd = count == 0
      chunk.removeLast(chunk.count - count)
      // A file can grow as fast as it is read, and what comes through a pipe needn't end.
      readCount += count
      guard readCount <= limit else { throw Self.excess(name, limit) }
      break
    }
    onProgress(self)
  }
}
