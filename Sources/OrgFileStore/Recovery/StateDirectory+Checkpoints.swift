import Glibc
import OrgCore
import SystemPackage

// Full copies of both files, and how to reconstruct states from them and the journal.
extension StateDirectory {
  static func checkpointName(_ generation: UInt64, _ file: String) -> String {
    let digits = String(generation)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits + "." + file
  }

  func writeCheckpoint(_ contents: FileContents, generation: UInt64) throws(SystemCallError) {
    for (file, bytes) in contents.files {
      try write(bytes, as: Self.checkpointName(generation, file), in: checkpoints)
    }
  }

  /// The generations with full copies, in ascending order.
  func checkpointGenerations() throws(SystemCallError) -> [UInt64] {
    try Self.generations(of: checkpoints, calls)
  }

  /// The generations with full copies in a directory, in ascending order.
  static func generations(
    of checkpoints: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> [UInt64] {
    let names = Set(try calls.list(checkpoints, "checkpoints"))
    return names.compactMap { name -> UInt64? in
      guard name.hasSuffix("." + OrganizationTable.file), let generation = UInt64(name.prefix { $0 != "." }),
        names.contains(checkpointName(generation, MemberTable.file))
      else { return nil }
      return generation
    }.sorted()
  }

  /// Reconstructs the data after a generation from the closest earlier checkpoint and the journal.
  ///
  /// - Throws: `damagedData` if something needed for it is missing or damaged.
  func rebuild(_ generation: UInt64) throws(OrgError) -> FileContents {
    do {
      if let contents = try Self.rebuild(generation, journal, checkpoints, calls) { return contents }
    } catch {
      throw OrgError(error, "The journal in \(directory.path.escapedForDisplay) can't be read")
    }
    throw OrgError(
      .damagedData,
      "Generation \(generation) can't be rebuilt: its journal or checkpoint in \(directory.path.escapedForDisplay)/.orgman is damaged. See orgman doctor."
    )
  }

  /// The same without the lock; `nil` if something needed for it is missing or damaged.
  static func rebuild(
    _ generation: UInt64, _ journal: borrowing Descriptor, _ checkpoints: borrowing Descriptor,
    _ calls: SystemCalls
  ) throws(SystemCallError) -> FileContents? {
    for checkpoint in try generations(of: checkpoints, calls).reversed() where checkpoint <= generation {
      let records = try Journal.lines(
        from: checkpoint, to: generation, isBefore: false, journal, calls)
      if let contents = try replay(records, from: checkpoint, to: generation, checkpoints, calls) {
        return contents
      }
    }
    return nil
  }

  /// Reconstructs the data after a generation from the copy of an earlier one; `nil` if something is missing
  /// or doesn't match its hash.
  static func replay(
    _ records: [JournalRecord], from checkpoint: UInt64, to generation: UInt64,
    _ checkpoints: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> FileContents? {
    var files: [String: [UInt8]] = [:]
    for file in [OrganizationTable.file, MemberTable.file] {
      do {
        files[file] = try read(checkpointName(checkpoint, file), in: checkpoints, calls)
      } catch  where error.errno == .noSuchFileOrDirectory {
        return nil
      }
    }
    return replay(records, on: files, from: checkpoint, to: generation)
  }

  /// Reconstructs the data after a generation from the data after an earlier one; `nil` if something is missing
  /// or doesn't match its hash.
  static func replay(
    _ records: [JournalRecord], on earlier: [String: [UInt8]], from start: UInt64, to generation: UInt64
  ) -> FileContents? {
    var files = earlier
    var state = records.last { $0.generation == start }?.data.files
    var reached = start
    for record in records where record.generation > start && record.generation <= generation {
      if record.kind == .checkpoint { continue }
      guard record.generation == reached + 1 else { return nil }
      for (file, bytes) in files {
        guard let splices = record.splices(of: file) else { return nil }
        if splices.isEmpty { continue }
        guard splices.all.allSatisfy({ $0.range.upperBound <= bytes.count }),
          splices.length(of: bytes) <= FileLimit.bytes
        else { return nil }
        files[file] = splices.applied(to: bytes)
      }
      state = record.data.files
      reached = record.generation
    }
    guard reached == generation, let state else { return nil }
    for (file, bytes) in files where sha256(bytes) != state[file]?.sha256 { return nil }
    let table = OrganizationTable(files[OrganizationTable.file] ?? [])
    return FileContents(organizations: table, members: MemberTable(files[MemberTable.file] ?? [], of: table))
  }
}
