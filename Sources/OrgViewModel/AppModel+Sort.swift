import OrgCore

// The order of the list.
extension AppModel {
  mutating func chooseOrder(_ action: Action) -> [Effect] {
    switch action {
    case .sortBy(let column):
      mode = .browse
      return sort(by: order.asked(for: column))
    case .invertOrder:
      mode = .browse
      return sort(by: order.asked(for: order.column))
    case .back, .cancel, .decline, .close: mode = .browse
    default: break
    }
    return []
  }

  /// Asks for the rows in another order; those that are shown stay until they come.
  mutating func sort(by order: ListOrder) -> [Effect] {
    self.order = order
    return [requestRows()]
  }
}
