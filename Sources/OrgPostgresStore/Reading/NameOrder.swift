import Dispatch
import OrgCore
import Synchronization

/// All organizations by name, which all lists of a database are made from. They are read once, on a thread of their own and
/// to the end, whatever rows are asked for meanwhile; from then on only what changes is moved.
final class NameOrder: Sendable {
  private let state = Mutex(State())

  private struct State {
    var ids: OrganizationIDs?
    var ordering: Ordering?
    var reading: Reading?
  }

  /// What is being read, and who waits for it.
  private final class Reading: Sendable {
    let ids: OrganizationIDs
    let group = DispatchGroup()
    let result = Mutex<Result<Ordering, OrgError>?>(nil)

    init(_ ids: OrganizationIDs) { self.ids = ids }
  }

  /// How often it is asked whether somebody still waits, in milliseconds.
  private static let interval = 20

  /// The numbers of ids: always the same, unless most of them are gone.
  func ids(areUUIDs: Bool, count: Int) -> OrganizationIDs {
    state.withLock { state in
      if let ids = state.ids, ids.count <= count * 2 + ListBuilder.changeLimit { return ids }
      let ids = OrganizationIDs(areUUIDs: areUUIDs, count: count)
      state = State(ids: ids)
      return ids
    }
  }

  /// The newest order that is known; `nil` while none is.
  func newest(_ ids: OrganizationIDs) -> Ordering? {
    state.withLock { $0.ordering.flatMap { $0.ids === ids ? $0 : nil } }
  }

  /// Learns a newer order.
  func note(_ ordering: Ordering) {
    state.withLock { state in
      guard state.ids === ordering.ids, state.ordering.map({ $0.generation <= ordering.generation }) ?? true
      else { return }
      state.ordering = ordering
    }
  }

  /// Waits until the organizations are read, which begins with the first who waits.
  ///
  /// - Parameters:
  ///   - isWanted: says whether the caller still waits.
  ///   - read: reads them.
  func wait(
    _ ids: OrganizationIDs, isWanted: () -> Bool, read: @escaping @Sendable () throws(OrgError) -> Ordering
  ) throws(OrgError) -> Ordering {
    let (reading, isFirst) = state.withLock { state in
      if let reading = state.reading, reading.ids === ids { return (reading, false) }
      let reading = Reading(ids)
      state.reading = reading
      return (reading, true)
    }
    if isFirst {
      DispatchQueue(label: "orgman.names").async(group: reading.group) { [self] in
        let result = Result { () throws(OrgError) in try read() }
        reading.result.withLock { $0 = result }
        if case .success(let ordering) = result { note(ordering) }
        state.withLock { if $0.reading === reading { $0.reading = nil } }
      }
    }
    while reading.group.wait(timeout: .now() + .milliseconds(Self.interval)) == .timedOut {
      guard isWanted() else { throw OrgError(.cancelled, "Cancelled.") }
    }
    guard let result = reading.result.withLock({ $0 }) else { throw OrgError(.cancelled, "Cancelled.") }
    return try result.get()
  }
}
