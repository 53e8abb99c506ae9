function __orgman_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __orgman_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __orgman_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __orgman_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __orgman_parse_tokens -S
    set -l unparsed_tokens (__orgman_tokens -pc)
    switch $unparsed_tokens[1]
    case 'orgman'
        __orgman_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'browse'
            __orgman_parse_subcommand 0 'data=' 'demo' 'demo-postgres' 'as=' 'read-only' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'list'
            __orgman_parse_subcommand -r 1 'view=' 'sort=' 'limit=' 'count' 'columns=' 'csv' 'spreadsheet' 'allow-damaged' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'show'
            __orgman_parse_subcommand 1 'csv' 'spreadsheet' 'allow-damaged' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'members'
            __orgman_parse_subcommand 1 'csv' 'spreadsheet' 'allow-damaged' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'user'
            __orgman_parse_subcommand 1 'csv' 'spreadsheet' 'allow-damaged' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'users'
            __orgman_parse_subcommand -r 1 'sort=' 'limit=' 'count' 'csv' 'spreadsheet' 'allow-damaged' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'plans'
            __orgman_parse_subcommand 0 'csv' 'spreadsheet' 'allow-damaged' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'export'
            __orgman_parse_subcommand 1 'format=' 'spreadsheet' 'allow-damaged' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'diff'
            __orgman_parse_subcommand 2 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'create'
            __orgman_parse_subcommand 1 'plan=' 'new-plan' 'owner=' 'status=' 'lago=' 'stripe=' 'new-user' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'set'
            __orgman_parse_subcommand 1 'name=' 'plan=' 'new-plan' 'status=' 'lago=' 'stripe=' 'clear=' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'add'
            __orgman_parse_subcommand -r 2 'role=' 'new-user' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'remove'
            __orgman_parse_subcommand -r 2 'allow-ownerless' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'role'
            __orgman_parse_subcommand 3 'allow-ownerless' 'allow-damaged' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'offboard'
            __orgman_parse_subcommand -r 1 'successor=' 'leave-owners' 'new-user' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'import'
            __orgman_parse_subcommand 1 'format=' 'skip-bad' 'allow-ownerless' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'apply'
            __orgman_parse_subcommand 1 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'history'
            __orgman_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'list'
                __orgman_parse_subcommand 1 'since=' 'until=' 'by=' 'user=' 'kind=' 'filter=' 'limit=' 'csv' 'jsonl' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
            case 'prune'
                __orgman_parse_subcommand 0 'before=' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
            end
        case 'undo'
            __orgman_parse_subcommand 1 'allow-ownerless' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'redo'
            __orgman_parse_subcommand 1 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'accept'
            __orgman_parse_subcommand 1 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'doctor'
            __orgman_parse_subcommand 0 'fix' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'verify'
            __orgman_parse_subcommand 0 'only=' 'fix' 'resume' 'csv' 'spreadsheet' 'allow-damaged' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'info'
            __orgman_parse_subcommand 0 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'backup'
            __orgman_parse_subcommand 1 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'restore'
            __orgman_parse_subcommand 1 'generation=' 'time=' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'erase'
            __orgman_parse_subcommand 1 'organization' 'user' 'allow-ownerless' 'dry-run' 'y/yes' 'data=' 'as=' 'read-only' 'json' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'install'
            __orgman_parse_subcommand 0 'prefix=' 'dry-run' 'version' 'h/help'
        case 'config'
            __orgman_parse_subcommand 0 'default' 'check' 'path' 'version' 'h/help'
        case 'init'
            __orgman_parse_subcommand 1 'reader=+' 'editor=+' 'row-security=+' 'dry-run' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'migrate'
            __orgman_parse_subcommand 2 'cut-over' 'leave-read-only' 'batch=' 'json' 'dry-run' 'y/yes' 'log-level=' 'log-file=' 'version' 'h/help'
        case 'help'
            __orgman_parse_subcommand -r 1 'version'
        end
    end
end

function __orgman_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __orgman_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __orgman_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __orgman_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__orgman_tokens -p)
    if test -z "$(__orgman_tokens -t)"
        set -l index (count (__orgman_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'orgman' -f
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'browse' -d 'Open the data in the terminal; what orgman does without a command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'list' -d 'List the organizations that match a query, or all.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'show' -d 'Show an organization and its members.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'members' -d 'List the members of an organization.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'user' -d 'List the organizations of a user, with the role in each.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'users' -d 'List the users, with how many organizations each has in which role.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'plans' -d 'Count the organizations by plan and status.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'export' -d 'Write all organizations and members as JSON, JSON Lines or CSV.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'diff' -d 'Show what differs between two stores.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'create' -d 'Create an organization, and print its id.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'set' -d 'Set the name, plan, status or billing ids of an organization.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'add' -d 'Add members to an organization.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'remove' -d 'Remove members from an organization.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'role' -d 'Print the role of a member, or set it.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'offboard' -d 'Remove users from all their organizations.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'import' -d 'Import organizations and members from a file, such as one that export wrote.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'apply' -d 'Make the changes of a preview that was kept.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'history' -d 'Show who changed what when, newest first, or remove what is old.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'undo' -d 'Take a change back.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'redo' -d 'Do a change again that was undone, or that another program took back.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'accept' -d 'Make the data as another program wrote them, where orgman put something back.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'doctor' -d 'Check the data, the history and who may read them, and explain what is wrong.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'verify' -d 'Compare billing ids, plans and statuses with what Stripe and Lago have.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'info' -d 'Print every path, what the terminal can, the lock, the size of the data, and what is wrong.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'backup' -d 'Write both data files into one, byte for byte.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'restore' -d 'Put the data back to a backup, a generation or a time.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'erase' -d 'Erase an organization or a user for good, from the data and their history.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'install' -d 'Put the program, its man page and the completions for bash, zsh and fish in place.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'config' -d 'Print, check or find the configuration.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'init' -d 'Prepare a PostgreSQL database: history, revision, and counts.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'migrate' -d 'Move the data between files and a PostgreSQL database.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" data' -l 'data' -d 'Open the data in this directory, or in the PostgreSQL database with this address.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" demo' -l 'demo' -d 'Open a sample of 200 organizations in a temporary directory, which is removed at the end.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" demo-postgres' -l 'demo-postgres' -d 'Open the same sample on a temporary PostgreSQL server, which is removed at the end.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" read-only' -l 'read-only' -d 'Look, but change nothing.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman browse" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" view' -l 'view' -d 'List what a view shows that was saved under this name, without deleted organizations if the screen hides them; a query, --sort and --columns beside it come on top.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" sort' -l 'sort' -d 'Sort by name, plan, status, members or created; the largest and the newest first, and the other way round with a - in front, as in --sort=-members. Without it, the order of the data.' -rfka 'name plan status members created'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" limit' -l 'limit' -d 'Print at most so many.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" count' -l 'count' -d 'Print how many there are, and nothing else.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" columns' -l 'columns' -d 'Print these columns, in this order, with commas between: id, name, created, plan, lago, stripe, status, members.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" csv' -l 'csv' -d 'Print CSV (RFC 4180), with the names of the fields in the first line.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" spreadsheet' -l 'spreadsheet' -d 'In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a tab or a carriage return. import takes them as they are, so keep it out of what is imported again.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman show" -eq 1' -fka '(__orgman_custom_completion ---completion show -- positional@0 (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" csv' -l 'csv' -d 'Print CSV (RFC 4180), with the names of the fields in the first line.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" spreadsheet' -l 'spreadsheet' -d 'In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a tab or a carriage return. import takes them as they are, so keep it out of what is imported again.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman members" -eq 1' -fka '(__orgman_custom_completion ---completion members -- positional@0 (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" csv' -l 'csv' -d 'Print CSV (RFC 4180), with the names of the fields in the first line.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" spreadsheet' -l 'spreadsheet' -d 'In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a tab or a carriage return. import takes them as they are, so keep it out of what is imported again.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman members" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" csv' -l 'csv' -d 'Print CSV (RFC 4180), with the names of the fields in the first line.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" spreadsheet' -l 'spreadsheet' -d 'In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a tab or a carriage return. import takes them as they are, so keep it out of what is imported again.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman user" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" sort' -l 'sort' -d 'Sort by user, organizations, owner, billing, admin, member or viewer; those with the most first, and the other way round with a - in front, as in --sort=-owner.' -rfka 'user organizations owner billing admin member viewer'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" limit' -l 'limit' -d 'Print at most so many.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" count' -l 'count' -d 'Print how many there are, and nothing else.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" csv' -l 'csv' -d 'Print CSV (RFC 4180), with the names of the fields in the first line.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" spreadsheet' -l 'spreadsheet' -d 'In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a tab or a carriage return. import takes them as they are, so keep it out of what is imported again.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman users" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" csv' -l 'csv' -d 'Print CSV (RFC 4180), with the names of the fields in the first line.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" spreadsheet' -l 'spreadsheet' -d 'In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a tab or a carriage return. import takes them as they are, so keep it out of what is imported again.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman plans" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman export" -eq 1' -F
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" format' -l 'format' -d 'csv, json or jsonl; without it, what the file\'s name ends in, or json where it ends in nothing.' -rfka 'csv json jsonl'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" spreadsheet' -l 'spreadsheet' -d 'In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a tab or a carriage return. import takes them as they are, so keep it out of what is imported again.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman export" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman diff" -eq 1' -fa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman diff" -eq 2' -fa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman diff" json' -l 'json' -d 'Print JSON, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman diff" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman diff" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman diff" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman diff" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" plan' -l 'plan' -d 'The plan.' -rfka '(__orgman_custom_completion ---completion create -- --plan (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" new-plan' -l 'new-plan' -d 'Even if the plan is new: not configured, and no organization is on it.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" owner' -l 'owner' -d 'The id of a user who becomes its owner.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" status' -l 'status' -d 'The status.' -rfka 'active suspended deleted'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" lago' -l 'lago' -d 'The Lago customer id.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" stripe' -l 'stripe' -d 'The Stripe customer id.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" new-user' -l 'new-user' -d 'Even if a user isn\'t in the directory that is configured, or is disabled there.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman create" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman set" -eq 1' -fka '(__orgman_custom_completion ---completion set -- positional@0 (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" name' -l 'name' -d 'The new name.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" plan' -l 'plan' -d 'The new plan.' -rfka '(__orgman_custom_completion ---completion set -- --plan (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" new-plan' -l 'new-plan' -d 'Even if the plan is new: not configured, and no organization is on it.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" status' -l 'status' -d 'The new status.' -rfka 'active suspended deleted'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" lago' -l 'lago' -d 'The new Lago customer id.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" stripe' -l 'stripe' -d 'The new Stripe customer id.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" clear' -l 'clear' -d 'Billing ids to clear: lago, stripe or both with a comma between.' -rfka 'lago stripe lago,stripe'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman set" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman add" -eq 1' -fka '(__orgman_custom_completion ---completion add -- positional@0 (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" role' -l 'role' -d 'Their role.' -rfka 'owner member billing'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" new-user' -l 'new-user' -d 'Even if a user isn\'t in the directory that is configured, or is disabled there.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman remove" -eq 1' -fka '(__orgman_custom_completion ---completion remove -- positional@0 (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" allow-ownerless' -l 'allow-ownerless' -d 'Even if the organization loses its last owner by it.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman role" -eq 1' -fka '(__orgman_custom_completion ---completion role -- positional@0 (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman role" -eq 2' -fka 'owner member billing'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" allow-ownerless' -l 'allow-ownerless' -d 'Even if the organization loses its last owner by it.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman role" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" successor' -l 'successor' -d 'The user who becomes an owner of organizations that would have none, and a member where the user isn\'t one.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" leave-owners' -l 'leave-owners' -d 'Leave owners in organizations that have no other.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" new-user' -l 'new-user' -d 'Even if a user isn\'t in the directory that is configured, or is disabled there.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman offboard" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman import" -eq 1' -F
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" format' -l 'format' -d 'csv, json or jsonl; without it, what the file\'s name ends in, or what it looks like.' -rfka 'csv json jsonl'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" skip-bad' -l 'skip-bad' -d 'Import the records that are right, and list the others.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" allow-ownerless' -l 'allow-ownerless' -d 'Even if an organization loses its last owner by it.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman import" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman apply" -eq 1' -F
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman apply" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman history" -eq 1' -fa 'list' -d 'Show who changed what when, newest first.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman history" -eq 1' -fa 'prune' -d 'Remove the oldest part of the history.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman history list" -eq 1' -fka '(__orgman_custom_completion ---completion history list -- positional@0 (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" since' -l 'since' -d 'Only from this time on.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" until' -l 'until' -d 'Only up to this time.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" by' -l 'by' -d 'Only what such a user, login, machine or address did; outside: other programs.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" user' -l 'user' -d 'Only changes of memberships of such a user.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" kind' -l 'kind' -d 'Only what came about so: edit, undo, redo, outside, repair, restore or erase, or several with commas.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" filter' -l 'filter' -d 'Only what this finds.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" limit' -l 'limit' -d 'Show at most so many generations; without it 50, and all for --csv and --jsonl.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" csv' -l 'csv' -d 'Print CSV (RFC 4180) for an audit: a line for each change, times in UTC.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" jsonl' -l 'jsonl' -d 'Print JSON Lines for an audit: a generation a line, times in UTC.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" before' -l 'before' -d 'The time since which everything stays, in UTC, such as 2026-11-22 or 2026-11-22 21:51:00; without it, what keep in the configuration says.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman history prune" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" allow-ownerless' -l 'allow-ownerless' -d 'Even if an organization loses its last owner by it.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman undo" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman redo" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman accept" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" fix' -l 'fix' -d 'Repair what can be repaired without losing information, after showing what that is.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman doctor" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" only' -l 'only' -d 'Ask this service alone: stripe or lago.' -rfka 'stripe lago'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" fix' -l 'fix' -d 'Set ids that are certain, and clear those of deleted customers, after showing what that is.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" resume' -l 'resume' -d 'Go on with what a run with the same services, addresses and keys learned that ended early within the last hour.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" csv' -l 'csv' -d 'Print CSV (RFC 4180), with the names of the fields in the first line.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" spreadsheet' -l 'spreadsheet' -d 'In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a tab or a carriage return. import takes them as they are, so keep it out of what is imported again.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" allow-damaged' -l 'allow-damaged' -d 'Exit with 0 even if the data are damaged and not all of them are printed.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman verify" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman info" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman info" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman info" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman info" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman info" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman info" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman info" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman info" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman backup" -eq 1' -F
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman backup" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman backup" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman backup" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman backup" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman backup" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman backup" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman backup" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman backup" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman restore" -eq 1' -F
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" generation' -l 'generation' -d 'The generation to go back to, as history numbers them.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" time' -l 'time' -d 'The time to go back to, in UTC, such as 2026-11-22 21:51:00.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman restore" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman erase" -eq 1' -fka '(__orgman_custom_completion ---completion erase -- positional@0 (count (__orgman_tokens -pc)) (__orgman_tokens -tC))'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" organization' -l 'organization' -d 'It names an organization.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" user' -l 'user' -d 'It names a user.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" allow-ownerless' -l 'allow-ownerless' -d 'Even if an organization loses its last owner.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" data' -l 'data' -d 'Use the data in this directory, or in the PostgreSQL database with this address.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" as' -l 'as' -d 'Act as this user: see what the user may see, and change what the user\'s roles allow.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" read-only' -l 'read-only' -d 'Change nothing, whatever the command.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman erase" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman install" prefix' -l 'prefix' -d 'Where to, such as /usr/local or ~/.local.' -rfa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman install" dry-run' -l 'dry-run' -d 'Print what would be put in place, and do nothing.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman install" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman install" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman config" default' -l 'default' -d 'Print a configuration with everything explained, as it is out of the box.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman config" check' -l 'check' -d 'Say what is wrong with the configuration.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman config" path' -l 'path' -d 'Print where the configuration belongs.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman config" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman config" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman init"' -l 'reader' -d 'Let this role of the database look at everything.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman init"' -l 'editor' -d 'Let this role look, and change organizations and members.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman init"' -l 'row-security' -d 'Let this role act for a user, by row-level security: it sees and changes the organizations alone that the user owns.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman init" dry-run' -l 'dry-run' -d 'Print the SQL, and do nothing.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman init" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman init" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman init" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman init" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman migrate" -eq 1' -fa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_positional "orgman migrate" -eq 2' -fa '(__orgman_complete_directories)'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" cut-over' -l 'cut-over' -d 'Hold the lock while the last changes are moved, so that none is missing.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" leave-read-only' -l 'leave-read-only' -d 'Let nobody change the files after that; needs --cut-over.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" batch' -l 'batch' -d 'Move so many records in one transaction; a migration that is ended loses no more.' -rfka ''
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" json' -l 'json' -d 'Print JSON.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" dry-run' -l 'dry-run' -d 'Show what would be done, and do nothing; with --json, as a document for orgman apply.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" y yes' -l 'yes' -s 'y' -d 'Don\'t ask.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" log-level' -l 'log-level' -d 'Log what is at least so important: trace, debug, info, notice, warning or error.' -rfka 'trace debug info notice warning error'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" log-file' -l 'log-file' -d 'Log to this file instead of the journal of systemd; from info on, unless a level is given.' -rF
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" version' -l 'version' -d 'Show the version.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman migrate" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'orgman' -n '__orgman_should_offer_completions_for_flags_or_options "orgman help" version' -l 'version' -d 'Show the version.'
