import CZstd

/// Text in the seekable zstd format: frames of 64 KiB of text each that can be read separately, followed by a table of
/// their lengths in a skippable frame. `zstdcat` prints the text.
///
/// The table comes from a file, so everything in it is validated.
struct FrameTable {
  /// The number of bytes of text in each frame except the last.
  static let frameLength = 1 << 16
  /// The maximum size of compressed text, in bytes. A file that claims to contain more isn't read.
  static let textLimit = 256 << 20
  /// The maximum size of the table, in bytes.
  static let lengthLimit = headerLength + textLimit / frameLength * entryLength + footerLength

  private static let headerLength = 8
  private static let entryLength = 8
  private static let footerLength = 9
  /// The magic numbers at the beginning of the skippable frame and at the end of the file.
  private static let (headerMagic, footerMagic) = (0x184D_2A5E, 0x8F92_EAB1)
  /// The maximum compressed size of a frame, in bytes, for incompressible text.
  private static let compressedLimit = frameLength + frameLength / 64
  /// With frames this short, higher levels take ten times as long to save a tenth.
  private static let level: CInt = 3

  /// The size of the whole text in bytes.
  let size: Int
  /// The offset of each frame in the file, and the end of the last.
  private let places: [Int]

  /// An empty table.
  init() {
    size = 0
    places = [0]
  }

  /// Reads the table of a file.
  ///
  /// - Parameters:
  ///   - tail: the last `lengthLimit` bytes of the file, or all of it.
  ///   - fileLength: the size of the whole file in bytes.
  /// - Returns: `nil` if the file wasn't written by `file(of:)` or the table doesn't match the file.
  init?(_ tail: [UInt8], fileLength: Int) {
    func number(at place: Int) -> Int {
      tail[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let footer = tail.count - Self.footerLength
    guard footer >= Self.headerLength, number(at: tail.count - 4) == Self.footerMagic, tail[footer + 4] == 0
    else { return nil }
    let count = number(at: footer)
    let header = footer - count * Self.entryLength - Self.headerLength
    guard (1...Self.textLimit / Self.frameLength).contains(count), header >= 0,
      number(at: header) == Self.headerMagic,
      number(at: header + 4) == tail.count - header - Self.headerLength
    else { return nil }
    var places = [0]
    var size = 0
    for frame in 0..<count {
      let entry = header + Self.headerLength + frame * Self.entryLength
      let (compressed, length) = (number(at: entry), number(at: entry + 4))
      guard (1...Self.compressedLimit).contains(compressed),
        frame == count - 1 ? (1...Self.frameLength).contains(length) : length == Self.frameLength
      else { return nil }
      places.append(places[frame] + compressed)
      size += length
    }
    guard places[count] == fileLength - (tail.count - header) else { return nil }
    self.size = size
    self.places = places
  }

  /// The number of frames.
  var count: Int { places.count - 1 }

  /// The range of a frame in the file.
  func place(ofFrame frame: Int) -> Range<Int> { places[frame]..<places[frame + 1] }

  /// The number of bytes of text in a frame.
  func length(ofFrame frame: Int) -> Int { min(Self.frameLength, size - frame * Self.frameLength) }

  /// The text in a frame; `nil` if the frame has another length or is damaged.
  static func text(ofFrame bytes: [UInt8], length: Int) -> [UInt8]? {
    guard (1...frameLength).contains(length) else { return nil }
    let text = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      let result = ZSTD_decompress(buffer.baseAddress, length, bytes, bytes.count)
      count = ZSTD_isError(result) == 0 && result == length ? length : 0
    }
    return text.isEmpty ? nil : text
  }

  /// Compresses text into a file; `nil` if the text is empty or too long, or can't be read back.
  static func file(of text: [UInt8]) -> [UInt8]? {
    guard (1...textLimit).contains(text.count), let context = ZSTD_createCCtx() else { return nil }
    defer { ZSTD_freeCCtx(context) }
    guard ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)) == 0,
      ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)) == 0
    else { return nil }
    var file: [UInt8] = []
    var entries: [UInt8] = []
    for start in stride(from: 0, to: text.count, by: frameLength) {
      let part = Array(text[start...].prefix(frameLength))
      let frame = [UInt8](unsafeUninitializedCapacity: compressedLimit) { buffer, count in
        let result = ZSTD_compress2(context, buffer.baseAddress, compressedLimit, part, part.count)
        count = ZSTD_isError(result) == 0 ? result : 0
      }
      // Verify the frame, because the original text will be removed.
      guard self.text(ofFrame: frame, length: part.count) == part else { return nil }
      file += frame
      entries += bytes(of: frame.count) + bytes(of: part.count)
    }
    file += bytes(of: headerMagic) + bytes(of: entries.count + footerLength) + entries
    file += bytes(of: entries.count / entryLength) + [0] + bytes(of: footerMagic)
    return file
  }

  private static func bytes(of number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }
}
