import Glibc
import OrgCore
import SystemPackage

extension FileStore {
  /// The path of the directory without symbolic links.
  package var resolvedPath: String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Runs the body with the lock held, on the files with all that other programs have written so far.
  ///
  /// - Parameters:
  ///   - destination: where the data go. If it is given, nobody can change the files after the body: neither orgman nor
  ///     other programs. Root can all the same.
  ///   - waiting: as for `commit`.
  package func withLockedFiles<Value>(
    leavingReadOnlyFor destination: String? = nil, waiting: (Contention) -> Bool = { _ in true },
    _ body: (Backup) throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    try checkWritable()
    return try transaction(waiting: waiting) { (transaction) throws(OrgError) in
      guard let destination else { return try body(try transaction.settledFiles()) }
      return try transaction.freezing(for: destination, body)
    }
  }
}

extension Transaction {
  /// The files after changes of other programs have been taken into the history.
  fileprivate func settledFiles() throws(OrgError) -> Backup {
    let state = try synchronize(isStarting: true)
    if let problem = state.problems.first { throw problem.refusal }
    return Backup(organizations: state.contents.organizations.bytes, members: state.contents.members.bytes)
  }

  /// Takes the right to write the files from everybody, and runs the body once nobody has written anything since.
  fileprivate func freezing<Value>(
    for destination: String, _ body: (Backup) throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    let tries = 20
    for _ in 0..<tries {
      let backup = try settledFiles()
      let modes = try directory.saving { () throws(SystemCallError) in try directory.takeRightToWrite() }
      do throws(OrgError) {
        // A program that had opened a file before can still write to it.
        usleep(100_000)
        if !files.isBeingWritten, backup.files.allSatisfy({ directory.holds($0.bytes, $0.name) }) {
          let value = try body(backup)
          try directory.saving { () throws(SystemCallError) in
            try stateDirectory.write(
              Array("\(destination)\t\(Timestamp.now())\n".utf8), as: MovedMark.name, in: stateDirectory.space
            )
          }
          return value
        }
      } catch {
        directory.setModes(modes)
        throw error
      }
      directory.setModes(modes)
    }
    throw OrgError(
      .locked,
      "Another program writes to the files in \(directory.path.escapedForDisplay) all the time; stop it first."
    )
  }
}

/// What says of a directory that its data were moved elsewhere.
enum MovedMark {
  /// Its name in `.orgman`.
  static let name = "moved"

  /// Why nothing may be changed; `nil` where the data weren't moved.
  static func obstacle(in directory: DataDirectory) -> WriteObstacle? {
    let name = "\(DataDirectory.privateName)/\(name)"
    guard let file = try? directory.calls.open(name, in: directory.root, O_RDONLY) else { return nil }
    let bytes = (try? directory.calls.readBeginning(of: file, name, length: 4096)) ?? []
    let parts = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).split(
      separator: "\t")
    let path = directory.path.escapedForDisplay
    let place = parts.first.map { String($0).escapedForDisplay } ?? "another place"
    return WriteObstacle(
      "moved",
      "the data were moved to \(place)\(parts.count > 1 ? " at \(String(parts[1]).escapedForDisplay)" : ""); to use these files again, remove \(path)/\(name) and run: chmod u+w \(path)/*.json",
      isIntended: true)
  }
}

extension DataDirectory {
  /// Takes the right to write the data files from everybody. Returns their modes before.
  fileprivate func takeRightToWrite() throws(SystemCallError) -> [(name: String, mode: mode_t)] {
    var modes: [(name: String, mode: mode_t)] = []
    for name in [OrganizationTable.file, MemberTable.file] {
      let file = try calls.open(name, in: root, O_RDONLY)
      let mode = try calls.status(file, name).st_mode & 0o7777
      modes.append((name, mode))
      do throws(SystemCallError) {
        try calls.setMode(mode & ~0o222, of: file, name)
      } catch {
        setModes(modes)
        throw error
      }
    }
    return modes
  }

  fileprivate func setModes(_ modes: [(name: String, mode: mode_t)]) {
    for (name, mode) in modes {
      if let file = try? calls.open(name, in: root, O_RDONLY) { try? calls.setMode(mode, of: file, name) }
    }
  }
}
