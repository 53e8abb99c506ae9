import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write all organizations and members as JSON, JSON Lines or CSV.",
    discussion: """
      JSON is an array of what show --json prints, one organization a line; JSON Lines are the lines alone. CSV \
      (RFC 4180) has a line for each organization and one for each of its members after it, told apart by the first \
      column, record. orgman import reads all of them, and what it makes of them in an empty directory is the same, \
      in the same order.
      """)

  @Argument(
    help:
      "Where to write, for you alone to read; one that is there isn't overwritten. Without it, standard output.",
    completion: .file())
  var file: String?

  @Option(
    help: "csv, json or jsonl; without it, what the file's name ends in, or json where it ends in nothing.")
  var format: TransferFormat?

  @OptionGroup var spreadsheet: SpreadsheetOptions
  @OptionGroup var damage: DamageOptions
  @OptionGroup var options: DataOptions

  /// The format that is asked for, or that the file's name names.
  private var wanted: TransferFormat {
    format ?? file.flatMap { TransferFormat(path: $0) } ?? .json
  }

  func validate() throws {
    if let file, format == nil, TransferFormat(path: file) == nil {
      let suffix = TransferFormat.suffix(of: file)
      guard suffix.isEmpty else {
        throw ValidationError(
          "\(file.quoted) ends in .\(suffix), which is no format of export; end it in .csv, .json or .jsonl, or say which with --format."
        )
      }
    }
    try spreadsheet.check(isCSV: wanted == .csv, "--format csv")
  }

  func run() throws {
    try exitingWithStatus {
      let store = try options.store(isReadOnly: true)
      let reader = try store.reader()
      if !damage.allowDamaged {
        if let problem = reader.problems.first {
          let what = problem.kind == .incomplete ? "Data that aren't all there yet" : "Damaged data"
          throw OrgError(
            .damagedData, "\(what) aren't exported, for not all would be there. \(problem.sentence)")
        }
        if let loss = try (store as? FileStore)?.loss(of: reader) {
          throw OrgError(.damagedData, "The data look wiped, so nothing was exported. \(loss)")
        }
      }
      damage.tell(of: reader)
      let hiddenCount = reader.summary.hiddenBilling.count
      if hiddenCount > 0 {
        FileHandle.standardError(
          "orgman: The billing ids of \(hiddenCount) organization\(hiddenCount == 1 ? "" : "s") are hidden from you and left empty; don't import this as it is.\n"
        )
      }
      let format = wanted
      guard let file else { return try write(reader, format, on: StandardOutput()) }
      try OutputFile.write(to: file) { try write(reader, format, on: $0) }
    }
  }

  /// The CSV columns: those of an organization, whose ID is also in the members' records, and those of a member.
  static let columns =
    [Column("record", nil), Column("org_id", nil)] + Column.organization.dropFirst()
    + Column.member.dropFirst()

  private func write(
    _ reader: any StoreReader, _ format: TransferFormat, on output: StandardOutput
  ) throws(OrgError) {
    let progress = output.isTerminal ? nil : Progress()
    defer { progress?.clear() }
    var list = try format == .csv ? Listing(Self.columns, as: spreadsheet.csv, on: output) : nil
    let none = Cell.text(nil)
    let noOrganization = Column.organization.dropFirst().map { _ in none }
    let noMember = Column.member.dropFirst().map { _ in none }
    let count = reader.summary.organizationCount
    var index = 0
    try reader.forEachOrganization { row throws(OrgError) in
      defer { index += 1 }
      let organization = row.organization
      let members = try reader.members(of: organization.id)
      if index % 256 == 0 { progress?.show("Exporting", Double(index) / Double(count)) }
      switch format {
      case .csv:
        try list?.add([.text("organization")] + organization.cells + noMember)
        for member in members {
          try list?.add(
            [.text("member"), .text(organization.id)] + noOrganization + member.cells.dropFirst())
        }
      case .json, .jsonl:
        try output.write { bytes in
          if format == .json { bytes += (index == 0 ? "[\n" : ",\n").utf8 }
          JSONOutput.append(organization, members, to: &bytes)
          if format == .jsonl { bytes.append(UInt8(ascii: "\n")) }
        }
      }
    }
    if format == .json { try output.write(count == 0 ? "[]\n" : "\n]\n") }
    try output.flush()
  }
}
