import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman backup`
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write both data files into one, byte for byte.",
    discussion: """
      orgman restore FILE puts them back. The file is readable by you alone; one that is there isn't overwritten. It \
      has checksums, so that restore notices any damage to it. Data that look wiped, for they have none of the \
      organizations or members that the history has, are refused.
      """)

  @Argument(help: "Where to write it.", completion: .file())
  var file: String

  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      let backup = try options.fileStore(for: "orgman backup", instead: "use pg_dump", isReadOnly: true)
        .backup()
      try OutputFile.write(BackupArchive.bytes(of: backup), to: file)
      if options.json {
        try printJSON([
          "file": file, "organizations": "\(backup.organizations.count)",
          "members": "\(backup.members.count)",
        ])
      } else {
        print(
          "Wrote \(backup.organizations.count + backup.members.count) bytes of data to \(file.escapedForDisplay)."
        )
      }
    }
  }
}
