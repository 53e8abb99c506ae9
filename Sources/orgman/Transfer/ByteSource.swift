import Glibc
import OrgCore
import SystemPackage

/// A file, or standard input, that is read piece by piece, with the line number of the next byte. Only one piece is in
/// memory at a time, however large the file is.
final class ByteSource {
  /// How to refer to it in messages.
  let name: String
  /// The size of the file in bytes, if known.
  let size: Int?
  /// The number of bytes consumed.
  private(set) var position = 0
  /// The line of the next byte, counted from 1.
  private(set) var line = 1
  /// Called after each piece.
  var onProgress: (ByteSource) -> Void = { _ in }

  private let descriptor: Int32
  private let closes: Bool
  private let limit: Int
  private var readCount = 0
  /// The default size limit in bytes: a million members take a tenth of it.
  static let longest = 1 << 30
  private var chunk: [UInt8] = []
  private var index = 0
  private var isAtEnd = false

  /// Opens a file; `-` is standard input.
  ///
  /// - Parameter limit: the maximum size in bytes, checked on opening if the size is known, or else while reading.
  /// - Throws: `dataNotFound` if it doesn't exist, `system` if it can't be opened, `invalidValue` if it isn't a
  ///   regular file or is too large.
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
      // Initialization failed, so `deinit` won't close the file.
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

  /// The next byte, without consuming it; `nil` at the end.
  func peek() throws(OrgError) -> UInt8? {
    if index == chunk.count { try fill() }
    return index < chunk.count ? chunk[index] : nil
  }

  /// Consumes the next byte.
  func next() throws(OrgError) -> UInt8? {
    guard let byte = try peek() else { return nil }
    index += 1
    position += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }

  /// Consumes bytes up to a delimiter or to the end of the piece; the next `peek` tells which.
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

  /// Consumes the rest of the current piece without counting lines; `nil` at the end.
  func piece() throws(OrgError) -> ArraySlice<UInt8>? {
    if index == chunk.count { try fill() }
    guard index < chunk.count else { return nil }
    let piece = chunk[index...]
    position += piece.count
    index = chunk.count
    return piece
  }

  /// Consumes all remaining bytes.
  ///
  /// - Throws: `invalidValue` if the limit is exceeded.
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
      // A file can grow as fast as it is read, and a pipe may never end.
      readCount += count
      guard readCount <= limit else { throw Self.excess(name, limit) }
      break
    }
    onProgress(self)
  }
}
