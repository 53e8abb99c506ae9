import OrgCore
import OrgViewModel

extension Configuration {
  /// The default configuration, with explanations. Each setting is commented out; removing the `#`
  /// doesn't change its value.
  package static var defaultText: String {
    let columns = ListColumn.allCases.map { quoted($0.name) }.joined(separator: ", ")
    let plans = PlanTier.known.map(quoted).joined(separator: ", ")
    let patterns = OrganizationField.optional.map { field in
      "#\(field.descriptor.word) = \(quoted(IDPatterns.standard.billing[field] ?? ""))"
    }.joined(separator: "\n")
    let units = Retention.Unit.allCases.map(\.rawValue).joined(separator: ", ")
    var lines = """
      # What orgman does otherwise than it does out of the box. orgman config --path says where this file belongs,
      # orgman config --check finds mistakes in it, orgman config --default prints it as it was.
      #
      # The file is TOML. Lines that begin with # and a space explain; those that begin with # and a name show how
      # things are out of the box: take the # away and change what stands behind it.

      # How things look: "default"; "colorblind", which doesn't rely on red and green; "monochrome", without any
      # color; "contrast", without anything dim. The colors are the 16 that your terminal has. NO_COLOR in the
      # environment takes them away, whatever is said here.
      #theme = "default"

      # The mouse: the wheel scrolls, a click selects. While it is on, most terminals select text to copy only with
      # Shift held down. It can also be switched in the program: look for mouse behind :
      #mouse = false

      # How much room an emoji gets that is made of several, such as a flag, a family or a skin tone: "sequences", the two
      # cells of one image; "parts", the cells of all its parts, for terminals that draw these one after the other; "auto",
      # two cells in terminals that are known to draw one image (kitty, Ghostty, foot, WezTerm, Contour, iTerm2; not within
      # tmux or screen). Rows are aligned in any case; with the wrong choice there is a gap, or some parts are missing.
      #emoji = "auto"

      # The columns of the list, after the name: \(columns). Where
      # there is no room for all of them, the widest are left out.
      #columns = ["plan", "status", "members"]

      # What the list is sorted by: "name", "plan", "status", "members", "created"; the other way round with a - in
      # front, as in "-name".
      #sort = "name"

      # Whether deleted organizations are in the list from the start. Where they aren't, the header says how many are
      # hidden; . shows them, and so does a filter by a status, as in status:deleted.
      #show-deleted = false

      # The plans that are known, in rising order. Any other plan can be typed.
      #plan-tiers = [\(plans)]

      # What happens to records that another program removes from the files: "restore" puts back what can't have been
      # meant, such as everything at once, and accepts any other removal; "accept" accepts every removal in a file that
      # isn't damaged; "ask" puts every removed organization back and asks on the screen. orgman accept makes the
      # removal that was put back, and orgman undo takes back one that was accepted.
      #external-deletions = "restore"

      # The time zone of the times on the screen and in what commands print: "UTC", or "local" for that of the system, which
      # TZ in the environment overrides. What is typed without a zone is read so, too. Days in the list (created, joined)
      # are those of UTC, and the data and JSON always keep UTC.
      #time-zone = "UTC"

      # Where the data are, when neither --data nor ORGMAN_DATA says it: a directory's absolute path, or the address of a
      # PostgreSQL database. Put a password in ~/.pgpass, not in this file.
      #data = "/var/lib/orgman"

      # A replica of that database, which follows its server: what is looked at is read from there, and changes are made
      # in the database itself. What you have changed, and what others are known to have changed, is read from the
      # database until the replica has it. ORGMAN_READ names another one.
      #read = ""

      # What ids must look like that are typed, as regular expressions for the whole of them; empty for anything. Blanks
      # and control characters are never taken. Ids that are in the data already, and those that import brings, aren't
      # checked.
      [ids]
      #user = ""
      \(patterns)

      # A directory of users, by which ids that are typed are checked, and which offers people by name and e-mail address.
      # file has people: .csv with names of columns (id, username, email, name, enabled) in the first line, .ldif, or JSON,
      # such as the export of a Keycloak realm. id says what of a person the data have as the user's id: "id", "username" or
      # "email". time-limit is the longest time for one answer, in seconds.
      [directory]
      #file = ""
      #id = "id"
      #time-limit = 10

      # Several directories have a table each, with a name of your choice, and are asked in the order of this file: the first
      # that knows a user counts. Each has one of file, command, ldap, keycloak and passwd; id and time-limit go with all.
      #
      # command is a program with its arguments, run without a shell. It gets one more argument, "ids" or "search", and on
      # standard input the ids or the text, one a line. It prints a line for each person: {"id": "u-1", "username": "jane",
      # "email": "jane@example.org", "name": "Jane Doe", "enabled": true}, and exits with 0.
      #[directory.command]
      #command = ["/usr/local/bin/people", "--json"]

      # An LDAP directory: ldaps://, ldap:// with start-tls, or ldap:// on the machine itself. The password of bind is the
      # systemd credential NAME-password, NAME being that of the table; else it is in password-file, which only you may use
      # (chmod 600); else in ORGMAN_NAME_PASSWORD. Never put it here. ca-file has certificates to trust instead of the
      # system's. disabled has conditions: an attribute that is there, ATTRIBUTE=VALUE, or ATTRIBUTE&BITS.
      #[directory.ldap]
      #ldap = "ldaps://ldap.example.org"
      #base = "ou=people,dc=example,dc=org"
      #bind = "cn=orgman,dc=example,dc=org"
      #password-file = ""
      #start-tls = false
      #ca-file = ""
      #filter = "(objectClass=person)"
      #id-attribute = "entryUUID"
      #username-attribute = "uid"
      #email-attribute = "mail"
      #disabled = ["pwdAccountLockedTime", "nsAccountLock=true", "userAccountControl&2"]

      # A realm of Keycloak. The client has a service account with the roles view-users and query-users. Its secret is the
      # systemd credential NAME-secret; else it is in secret-file (chmod 600); else in ORGMAN_NAME_SECRET.
      #[directory.keycloak]
      #keycloak = "https://sso.example.org"
      #realm = "main"
      #client = "orgman"
      #secret-file = ""

      # The users of the system, as getent passwd has them; who has no shell to sign in with is disabled.
      #[directory.passwd]
      #passwd = true

      # As which user of the service each user of this machine acts, by the name with which the user logged in: orgman then
      # shows what that user may see, and changes what that user's roles allow. "" is a platform admin, who may do
      # everything, and "*" is for everybody else. What /etc/orgman/config.toml says here holds for everybody, whatever
      # their own configuration and --as say.
      [acting-as]
      #alice = "6f1c2a4e-7d1b-4a55-9a0e-2f7f3c1d9b10"
      #root = ""
      #"*" = "nobody"

      # How long the history is kept: "forever", or a whole number and a unit (\(units)), as in
      # "2 years". Older generations are removed bit by bit, when the journal begins a new segment, together with what was
      # put aside then; they can't be shown, undone or restored anymore. orgman history prune does that at once.
      [history]
      #keep = "forever"

      # What orgman verify compares the data with. The key to a service is the systemd credential stripe-key or lago-key; else
      # it is in this file, which only you may use (chmod 600); else in ORGMAN_STRIPE_KEY or ORGMAN_LAGO_KEY. Never put a key
      # here. Addresses begin with https://; http:// is for the machine itself.
      [billing]
      #stripe-key-file = ""
      #lago-key-file = ""
      #stripe-url = "https://api.stripe.com"
      #lago-url = "https://api.getlago.com"

      # The plan at the service that organizations on a plan must have, or several: Lago's plan code, or Stripe's lookup key,
      # price id or product id. A plan that has some is a paid one; nothing is expected of those that aren't here.
      [billing.plans]
      #professional = ["pro_monthly", "pro_yearly"]

      # Views: the filter of a list, what it is sorted by and its columns under a name. V and the command palette (:) open
      # them, orgman list --view takes them, and save view in the palette writes them here. list is "organizations",
      # "users" or "history".
      #[views."enterprise without Stripe"]
      #filter = "plan:enterprise no:stripe"
      #sort = "members"
      #columns = ["plan", "members", "lago"]

      # Queries of organizations alone, which are views, too.
      [queries]
      #"paying without a Stripe id" = "no:stripe !plan:founders_friend !status:deleted"
      #"without an owner" = "owners:0 !status:deleted"

      # Keys. An action gets the keys that stand here, instead of those that it has: several in brackets, none in
      # empty ones. They are written as the help (?) shows them: j, ^F, F5, Space, Enter, Tab, Shift-Tab, Esc, Up, Down,
      # Left, Right, Home, End, PgUp, PgDn, Ins, Del, Backspace. A key that stands for two actions in one place is a
      # mistake. What stands under [keys] counts on every screen; what stands under one of the headings below it
      # counts only there.
      [keys]
      """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let keymap = Keymap.standard
    let screens = CommandTable.standard.contexts.filter { $0.kind == .screen }
    var apart: [Context: [String]] = [:]
    for entry in CommandTable.standard.actions {
      let contexts = screens.filter { keymap.has(entry, in: $0) }
      let keys = contexts.map { keymap.keys(for: entry, in: $0) }
      if contexts.isEmpty, !entry.isCommand { continue }
      if Set(keys).count <= 1 {
        lines.append(setting(entry, keys.first ?? []))
      } else {
        for (context, keys) in zip(contexts, keys) {
          apart[context, default: []].append(setting(entry, keys))
        }
      }
    }
    for context in CommandTable.standard.contexts {
      let own =
        context.kind == .screen
        ? apart[context] ?? []
        : CommandTable.standard.actions.filter { keymap.has($0, in: context) }.map {
          setting($0, keymap.keys(for: $0, in: context))
        }
      lines += ["", "# \(context.title)", "[keys.in.\(context.name)]"] + own
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func setting(_ entry: Action, _ keys: [Key]) -> String {
    let text = keys.map { quoted($0.description) }.joined(separator: ", ")
    let setting = "#\(entry.name) = [\(text)]"
    return setting + String(repeating: " ", count: max(1, 40 - setting.count)) + "# " + entry.title
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
