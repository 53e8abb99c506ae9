#if PostgreSQL
  import OrgCore
  import OrgFileStore
  import OrgPostgresStore

  /// Compares files with tables, by the number of records and by a hash of each that both sides compute.
  struct RecordComparison {
    let pieces: FilePieces
    let sums: RecordSums
    /// The ids of the tables.
    let local: (String) -> String
    let progress: MigrationProgress

    /// What differs.
    struct Result {
      /// In a few words.
      let sentence: String
      /// The organizations of the files that aren't so in the tables, by the ids of the tables.
      let different: [String]
    }

    /// - Returns: what differs; `nil` for nothing.
    func run() throws(OrgError) -> Result? {
      progress(.comparing, 0, pieces.count)
      var found = try sums.sums()
      var (different, names): ([String], [String]) = ([], [])
      for index in 0..<pieces.count {
        var organization = pieces.organization(at: index)
        organization.id = local(organization.id)
        if found.removeValue(forKey: organization.id) != sum(organization, at: index) {
          different.append(organization.id)
          names.append(organization.name)
        }
        if index % 1000 == 999 { progress(.comparing, index, pieces.count) }
      }
      var parts: [String] = []
      if let first = names.first {
        parts.append(
          "\(different.count) organization\(different.count == 1 ? " differs" : "s differ"), the first of which is \(first.quoted)"
        )
      }
      if let first = found.keys.min() {
        parts.append(
          "\(found.count) of the tables \(found.count == 1 ? "isn't" : "aren't") in the files, the first of which is \(first.quoted)"
        )
      }
      return parts.isEmpty ? nil : Result(sentence: parts.joined(separator: "; "), different: different)
    }

    private func sum(_ organization: Organization, at index: Int) -> RecordSums.Sum {
      var sum = RecordSums.Sum(organization: RecordHash.text(Array(sums.summedText(organization).utf8)))
      let start = Array((organization.id + RecordSums.separator).utf8)
      let holdsTime = sums.holdsJoinedAt
      var text: [UInt8] = []
      _ = pieces.forEachMember(at: index) { user, role, time in
        text.removeAll(keepingCapacity: true)
        text += start
        text += user
        text += RecordSums.separator.utf8
        text += role.rawValue.utf8
        text += RecordSums.separator.utf8
        if time.isEmpty || !holdsTime { text += Timestamp.unknown.description.utf8 } else { text += time }
        sum.memberCount += 1
        sum.members &+= RecordHash.number(text)
      }
      sum.members &= UInt64(Int64.max)
      return sum
    }
  }
#endif
