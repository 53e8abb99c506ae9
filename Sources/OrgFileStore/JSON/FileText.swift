import Glibc
import Synchronization

/// The text of a data file, either as read or as edited. An edited text is only put together when it is accessed as a
/// whole. A process that makes one edit and ends never does that: it writes the pieces.
struct FileText: Sendable {
  private let storage: Storage

  private enum Storage {
    case whole([UInt8])
    case edited(EditedText)
  }

  init(_ bytes: [UInt8]) { storage = .whole(bytes) }

  /// A text with a patch applied.
  init(_ text: FileText, patchedBy patch: BytePatch) {
    storage = patch.isEmpty ? text.storage : .edited(EditedText(text.bytes, patch))
  }

  var count: Int {
    switch storage {
    case .whole(let bytes): bytes.count
    case .edited(let text): text.count
    }
  }

  /// The whole text. For an edited text, the first access takes time proportional to its length.
  var bytes: [UInt8] {
    switch storage {
    case .whole(let bytes): bytes
    case .edited(let text): text.bytes
    }
  }

  /// Whether two texts have the same bytes.
  func isSame(as other: FileText) -> Bool {
    if case .edited(let text) = storage, case .edited(let otherText) = other.storage, text === otherText {
      return true
    }
    return count == other.count && haveSameBytes(bytes, other.bytes)
  }

  /// Calls a function with the bytes of a part, piece by piece.
  func forEachPiece<Failure>(
    in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var place = 0
    for piece in pieces {
      let part = range.clamped(to: place..<place + piece.count)
      if !part.isEmpty {
        let start = piece.startIndex - place
        let result = piece[start + part.lowerBound..<start + part.upperBound].withUnsafeBytes { bytes in
          Result { () throws(Failure) in try body(bytes) }
        }
        try result.get()
      }
      place += piece.count
    }
  }

  private var pieces: [ArraySlice<UInt8>] {
    switch storage {
    case .whole(let bytes): [bytes[...]]
    case .edited(let text): text.pieces
    }
  }
}

/// A text with a patch applied.
private final class EditedText: Sendable {
  let count: Int
  private let state: Mutex<State>

  private enum State {
    case patch(BytePatch, of: [UInt8])
    case whole([UInt8])
  }

  init(_ base: [UInt8], _ patch: BytePatch) {
    count = patch.length(of: base)
    state = Mutex(.patch(patch, of: base))
  }

  var bytes: [UInt8] {
    state.withLock { state in
      switch state {
      case .whole(let bytes): return bytes
      case .patch(let patch, let base):
        let bytes = patch.applied(to: base)
        // This releases the original text.
        state = .whole(bytes)
        return bytes
      }
    }
  }

  var pieces: [ArraySlice<UInt8>] {
    state.withLock { state in
      switch state {
      case .whole(let bytes): [bytes[...]]
      case .patch(let patch, let base): patch.pieces(of: base)
      }
    }
  }
}
