import Dispatch
import OrgCore
import OrgViewModel
import Synchronization

/// What is to be shown first, on its way to the thread that waits for it, though not forever.
final class InitialResult: Sendable {
  private let state = Mutex<(result: Result<OrganizationList, OrgError>?, isOver: Bool)>((nil, false))
  private let semaphore = DispatchSemaphore(value: 0)

  /// Hands it over; false if nobody waits any more.
  func give(_ result: Result<OrganizationList, OrgError>) -> Bool {
    let isWelcome = state.withLock { state in
      guard !state.isOver else { return false }
      (state.result, state.isOver) = (result, true)
      return true
    }
    if isWelcome { semaphore.signal() }
    return isWelcome
  }

  /// What was handed over in time; `nil` if nothing was.
  func wait(milliseconds: Int) throws(OrgError) -> OrganizationList? {
    _ = semaphore.wait(timeout: .now() + .milliseconds(milliseconds))
    let result = state.withLock { state in
      state.isOver = true
      return state.result
    }
    return try result?.get()
  }
}
