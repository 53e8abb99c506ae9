import ArgumentParser
import Glibc
import OrgCore
import OrgFileStore

/// `orgman install`
struct InstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Put the program, its man page and the completions for bash, zsh and fish in place.",
    discussion: """
      Under the prefix: bin/orgman, share/man/man1/orgman.1, share/bash-completion/completions/orgman, \
      share/zsh/site-functions/_orgman and share/fish/vendor_completions.d/orgman.fish. What is there by these names \
      is replaced.
      """)

  @Option(
    help: ArgumentHelp("Where to, such as /usr/local or ~/.local.", valueName: "dir"), completion: .directory)
  var prefix: String

  @Flag(help: "Print what would be put in place, and do nothing.")
  var dryRun = false

  func validate() throws {
    if prefix.isEmpty { throw ValidationError("--prefix names no directory; it is empty.") }
  }

  func run() throws {
    try exitingWithStatus {
      let files: [(path: String, bytes: [UInt8]?, mode: mode_t)] = [
        // `nil` stands for this program itself.
        ("bin/orgman", nil, 0o755),
        ("share/man/man1/orgman.1", Array(try ManPage.text().utf8), 0o644),
        ("share/bash-completion/completions/orgman", completion(.bash), 0o644),
        ("share/zsh/site-functions/_orgman", completion(.zsh), 0o644),
        ("share/fish/vendor_completions.d/orgman.fish", completion(.fish), 0o644),
      ]
      let output = StandardOutput()
      for file in files {
        let path = prefix + "/" + file.path
        if !dryRun { try Self.put(file.bytes, at: path, mode: file.mode) }
        try output.write(path.escapedForDisplay + "\n")
      }
      try output.flush()
    }
  }

  private func completion(_ shell: CompletionShell) -> [UInt8] {
    Array(Orgman.completionScript(for: shell).utf8) + [UInt8(ascii: "\n")]
  }

  /// Writes a temporary file and renames it, so that running programs and readers of the old file aren't disturbed.
  private static func put(_ bytes: [UInt8]?, at path: String, mode: mode_t) throws(OrgError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    for count in 1..<max(1, parts.count) {
      let part = (path.hasPrefix("/") ? "/" : "") + parts.prefix(count).joined(separator: "/")
      if mkdir(part, 0o755) != 0, errno != EEXIST { throw OutputFile.failure(part, "can't be made", errno) }
    }
    let draft = "\(path).\(getpid())"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw OutputFile.failure(path, "can't be written", errno) }
    do throws(OrgError) {
      let output = StandardOutput(descriptor: descriptor, name: path.escapedForDisplay)
      if let bytes {
        try output.write { $0 += bytes }
      } else {
        let program = try ByteSource(path: "/proc/self/exe")
        while let piece = try program.piece() { try output.write { $0 += piece } }
      }
      try output.flush()
      guard fchmod(descriptor, mode) == 0, close(descriptor) == 0, rename(draft, path) == 0 else {
        throw OutputFile.failure(path, "can't be put in place", errno)
      }
    } catch {
      unlink(draft)
      throw error
    }
  }
}
