import Glibc

/// A lease on one file: while it is held, another program that opens the file for writing waits.
final class Lease {
  private let calls: SystemCalls
  private let file: Descriptor
  private let name: String

  /// Why there is no lease.
  enum Refusal: Error {
    /// Another program has the file open for writing.
    case isBusy
    /// It isn't to be had, as for a file of another owner.
    case isUnavailable
  }

  init(_ name: String, in directory: borrowing Descriptor, _ calls: SystemCalls) throws(Refusal) {
    self.calls = calls
    self.name = name
    guard let file = try? calls.open(name, in: directory, O_RDONLY),
      let isTaken = calls.takeLease(file, name)
    else { throw .isUnavailable }
    guard isTaken else { throw .isBusy }
    self.file = file
  }

  deinit { calls.releaseLease(file) }

  /// The file that it is on: the name may lead to another by now.
  var identity: FileIdentity? { (try? calls.status(file, name)).map { FileIdentity($0) } }

  /// Whether nobody waits for it to be given back, so that nobody wrote since it was taken.
  var isUndisturbed: Bool { calls.isLeaseUndisturbed(file) }
}

/// The leases on data files, as far as they were to be had.
struct Leases {
  private var held: [String: Lease] = [:]

  /// Takes those on some files; `nil` where another program is writing to one of them.
  ///
  /// - Parameter isPartial: whether to go without a lease on what is being written to.
  init?(_ directory: DataDirectory, on files: [String], isPartial: Bool) {
    for name in files {
      do throws(Lease.Refusal) {
        held[name] = try Lease(name, in: directory.root, directory.calls)
      } catch {
        guard error == .isUnavailable || isPartial else { return nil }
      }
    }
  }

  subscript(name: String) -> Lease? {
    get { held[name] }
    set { held[name] = newValue }
  }

  /// Whether somebody waits for one.
  var areAwaited: Bool { held.values.contains { !$0.isUndisturbed } }
}
