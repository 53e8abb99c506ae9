import ArgumentParser
import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore

/// `orgman apply`
struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make the changes of a preview that was kept.",
    discussion: """
      Any command that edits prints such a preview with --dry-run --json. Each change in it names the value that it \
      expects to replace. Where the data moved on, nothing is changed, and the exit status is 3.
      """)

  @Argument(help: "The file with the preview; - reads standard input.", completion: .file())
  var file: String

  @OptionGroup var options: EditOptions

  /// The maximum size of a preview in bytes. A preview of a million members is half as large.
  private static let longest = 512 << 20

  func run() throws {
    try exitingWithStatus {
      let document = try read()
      do {
        try options.edit(isInputTaken: file == "-", asksForSeveral: false) { (reader) throws(OrgError) in
          try changes(of: document, reader.rules)
        }
      } catch let error as OrgError {
        throw error.asMovedOn
      }
    }
  }

  private var name: String { file == "-" ? "Standard input" : file.escapedForDisplay }

  private func changes(of document: ChangeDocument, _ rules: Rules) throws(OrgError) -> ChangeSet {
    do throws(OrgError) {
      return try document.changeSet(by: rules)
    } catch {
      throw OrgError(error.code, "\(name) can't be applied. \(error.message)")
    }
  }

  private func read() throws -> ChangeDocument {
    let source = try ByteSource(path: file, limit: Self.longest)
    // If it isn't a preview, it needn't be read to the end.
    while let byte = try source.peek(), JSONScanner.isSpace(byte) {
      _ = try source.next()
    }
    guard let first = try source.peek() else {
      throw OrgError(.invalidValue, "\(name) is empty; it should have what --dry-run --json printed.")
    }
    let bytes = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(first) ? try source.rest() : []
    do {
      return try JSONDecoder().decode(ChangeDocument.self, from: Data(bytes))
    } catch {
      throw OrgError(
        .invalidValue,
        "\(name) is no preview of changes: \(Self.reason(error)) Make one with --dry-run --json.")
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "it can't be read." }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(place(context.codingPath))\(key.stringValue.quoted) is missing."
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context.codingPath))the value has another type."
    case .dataCorrupted: return "it is no JSON."
    @unknown default: return "it can't be read."
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "" }
    return "at "
      + path.map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue.escapedForDisplay }
      .joined(separator: ".") + ", "
  }
}

extension OrgError {
  /// The preview was valid when it was made, so whatever prevents it has changed since.
  fileprivate var asMovedOn: OrgError {
    switch code {
    case .organizationNotFound, .memberNotFound, .alreadyMember, .nameTaken, .lastOwner, .conflict:
      OrgError(
        .conflict, "The data have moved on since the preview, so nothing was changed. \(message)",
        conflicts: conflicts, reasons: reasons)
    default: self
    }
  }
}
