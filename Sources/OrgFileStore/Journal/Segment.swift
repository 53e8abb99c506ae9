import Glibc
import OrgCore
import SystemPackage

/// A journal segment that is open for reading. Offsets refer to its text, whether or not it is compressed.
final class Segment {
  static let suffix = ".jsonl"
  /// Appended to the name of a compressed segment.
  static let compressedSuffix = ".zst"

  let name: String
  /// The size of its text in bytes.
  let size: Int
  /// Why none of its text can be read.
  let damage: String?
  private let file: Descriptor
  /// The location of the text, if it is compressed.
  private let table: FrameTable?
  /// The last frame read: lines are usually read in order.
  private var recent: (frame: Int, text: [UInt8])?

  /// Opens a segment. If it exists in both forms, a crash interrupted its compression, and the
  /// compressed file is ignored.
  init(_ name: String, _ directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError) {
    self.name = name
    var isCompressed = false
    let file: Descriptor
    do throws(SystemCallError) {
      file = try calls.open(name, in: directory, O_RDONLY)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      isCompressed = true
      file = try calls.open(name + Self.compressedSuffix, in: directory, O_RDONLY)
    }
    let length = Int(try calls.status(file, name).st_size)
    // A sparse file of arbitrary length can't be searched for line ends.
    guard length <= FileLimit.bytes else {
      throw SystemCallError(call: "read", subject: name, errno: .fileTooLarge)
    }
    if isCompressed {
      let tail = try calls.read(max(0, length - FrameTable.lengthLimit)..<length, of: file, name)
      let found = FrameTable(tail, fileLength: length)
      table = found ?? FrameTable()
      damage = found == nil ? "the table at the end of the compressed file can't be read" : nil
      size = found?.size ?? 0
    } else {
      (table, damage, size) = (nil, nil, length)
    }
    self.file = file
  }

  /// Opens a segment; `nil` if it no longer exists, because the history has been pruned.
  static func present(
    _ name: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> Segment? {
    do throws(SystemCallError) {
      return try Segment(name, directory, calls)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      return nil
    }
  }

  /// The segment that a file contains, compressed or not; `nil` for other files.
  static func name(ofFile name: String) -> String? {
    if name.hasSuffix(suffix) { return name }
    guard name.hasSuffix(compressedSuffix) else { return nil }
    let segment = String(Substring(name.utf8.dropLast(compressedSuffix.utf8.count)))
    return segment.hasSuffix(suffix) ? segment : nil
  }

  /// Its size on disk in bytes.
  static func lengthOnDisk(
    of name: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> Int {
    do throws(SystemCallError) {
      return Int(try calls.status(of: name, in: directory).st_size)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      return Int(try calls.status(of: name + compressedSuffix, in: directory).st_size)
    }
  }

  /// Removes both forms of a segment.
  static func remove(
    _ name: String, in directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) {
    for file in [name + compressedSuffix, name] {
      do { try calls.remove(file, in: directory) } catch  where error.errno == .noSuchFileOrDirectory {}
    }
  }

  /// Whether it is compressed, so that nothing can be appended to it.
  var isCompressed: Bool { table != nil }

  /// Reads a part of the text; less if the text has become shorter. A frame that can't be decompressed reads as NUL
  /// bytes, so that only the lines in it are damaged.
  func read(_ range: Range<Int>, _ calls: SystemCalls) throws(SystemCallError) -> [UInt8] {
    guard let table else { return try calls.read(range, of: file, name) }
    var text: [UInt8] = []
    var place = max(0, range.lowerBound)
    let end = min(range.upperBound, size)
    while place < end {
      let (frame, start) = place.quotientAndRemainder(dividingBy: FrameTable.frameLength)
      let part = try self.text(ofFrame: frame, table, calls)[start...].prefix(end - place)
      text += part
      place += part.count
    }
    return text
  }

  private func text(
    ofFrame frame: Int, _ table: FrameTable, _ calls: SystemCalls
  ) throws(SystemCallError) -> [UInt8] {
    if let recent, recent.frame == frame { return recent.text }
    let bytes = try calls.read(table.place(ofFrame: frame), of: file, name)
    let length = table.length(ofFrame: frame)
    let text = FrameTable.text(ofFrame: bytes, length: length) ?? [UInt8](repeating: 0, count: length)
    recent = (frame, text)
    return text
  }
}
