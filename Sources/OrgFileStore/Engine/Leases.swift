import Glibc

/// A lease on one file: while it is held, another program that opens the file for writing waits.
final class Lease {
  private let calls: SystemCalls
  private let file: Descriptor
  private let name: String

  /// Takes it, after waiting for a while, in milliseconds, for whoever is writing; `nil` where it isn't to be had,
  /// as for a file of another owner.
  init?(_ name: String, in directory: borrowing Descriptor, _ calls: SystemCalls, patience: Int = 0) {
    self.calls = calls
    self.name = name
    var rest = patience
    while true {
      guard let file = try? calls.open(name, in: directory, O_RDONLY),
        let isTaken = calls.takeLease(file, name)
      else { return nil }
      if isTaken {
        self.file = file
        return
      }
      guard rest > 0 else { return nil }
      rest -= 1
      usleep(1000)
    }
  }

  deinit { calls.releaseLease(file) }

  /// The file that it is on: the name may lead to another by now.
  var identity: FileIdentity? { (try? calls.status(file, name)).map { FileIdentity($0) } }

  /// Whether nobody waits for it to be given back, so that nobody wrote since it was taken.
  var isUndisturbed: Bool { calls.isLeaseUndisturbed(file) }
}

/// The leases on both data files, as far as they were to be had.
struct Leases {
  private var held: [String: Lease] = [:]

  init() {}

  init(_ directory: DataDirectory, patience: Int = 3000) {
    for name in [OrganizationTable.file, MemberTable.file] {
      held[name] = Lease(name, in: directory.root, directory.calls, patience: patience)
    }
  }

  subscript(name: String) -> Lease? {
    get { held[name] }
    set { held[name] = newValue }
  }

  /// Whether somebody waits for one.
  var areAwaited: Bool { held.values.contains { !$0.isUndisturbed } }
}
