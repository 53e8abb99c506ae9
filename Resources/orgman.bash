#!/bin/bash

__orgman_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__orgman_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__orgman_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__orgman_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_orgman() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __orgman_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    browse|list|show|members|user|users|plans|review|export|diff|create|set|add|remove|role|transfer|offboard|import|apply|history|undo|redo|accept|doctor|verify|info|backup|restore|erase|install|config|init|migrate|help)
        # Offer subcommand argument completions
        "_orgman_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'browse list show members user users plans review export diff create set add remove role transfer offboard import apply history undo redo accept doctor verify info backup restore erase install config init migrate help' -- "${cur}"))
        ;;
    esac
}

_orgman_browse() {
    repeating_flags=()
    non_repeating_flags=(--demo --demo-postgres --read-only --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--data')
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_list() {
    repeating_flags=()
    non_repeating_flags=(--count --csv --spreadsheet --allow-damaged --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--view --sort --limit --columns --data --as --log-level --log-file)
    __orgman_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--view')
        return
        ;;
    '--sort')
        __orgman_add_completions -W 'name'$'\n''plan'$'\n''status'$'\n''members'$'\n''created'
        return
        ;;
    '--limit')
        return
        ;;
    '--columns')
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_show() {
    repeating_flags=()
    non_repeating_flags=(--csv --spreadsheet --allow-damaged --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion show -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_orgman_members() {
    repeating_flags=()
    non_repeating_flags=(--csv --spreadsheet --allow-damaged --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion members -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_orgman_user() {
    repeating_flags=()
    non_repeating_flags=(--csv --spreadsheet --allow-damaged --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_users() {
    repeating_flags=()
    non_repeating_flags=(--count --csv --spreadsheet --allow-damaged --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--sort --limit --data --as --log-level --log-file)
    __orgman_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--sort')
        __orgman_add_completions -W 'user'$'\n''organizations'$'\n''owner'$'\n''billing'$'\n''admin'$'\n''member'$'\n''viewer'
        return
        ;;
    '--limit')
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_plans() {
    repeating_flags=()
    non_repeating_flags=(--csv --spreadsheet --allow-damaged --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_review() {
    repeating_flags=()
    non_repeating_flags=(--markdown --csv --spreadsheet --allow-damaged --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--output --since-review --data --as --log-level --log-file)
    __orgman_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--output')
        __orgman_add_completions -f
        return
        ;;
    '--since-review')
        __orgman_add_completions -f
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_export() {
    repeating_flags=()
    non_repeating_flags=(--spreadsheet --allow-damaged --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--format --data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--format')
        __orgman_add_completions -W 'csv'$'\n''json'$'\n''jsonl'
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_diff() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--log-level --log-file)
    __orgman_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -d
        return
        ;;
    2)
        __orgman_add_completions -d
        return
        ;;
    esac
}

_orgman_create() {
    repeating_flags=()
    non_repeating_flags=(--new-plan --new-user --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--plan --owner --status --lago --stripe --data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--plan')
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion create -- --plan "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    '--owner')
        return
        ;;
    '--status')
        __orgman_add_completions -W 'active'$'\n''suspended'$'\n''deleted'
        return
        ;;
    '--lago')
        return
        ;;
    '--stripe')
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_set() {
    repeating_flags=()
    non_repeating_flags=(--new-plan --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--name --plan --status --lago --stripe --clear --data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--name')
        return
        ;;
    '--plan')
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion set -- --plan "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    '--status')
        __orgman_add_completions -W 'active'$'\n''suspended'$'\n''deleted'
        return
        ;;
    '--lago')
        return
        ;;
    '--stripe')
        return
        ;;
    '--clear')
        __orgman_add_completions -W 'lago'$'\n''stripe'$'\n''lago,stripe'
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion set -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_orgman_add() {
    repeating_flags=()
    non_repeating_flags=(--new-user --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--role --data --as --log-level --log-file)
    __orgman_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--role')
        __orgman_add_completions -W 'owner'$'\n''member'$'\n''billing'
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion add -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_orgman_remove() {
    repeating_flags=()
    non_repeating_flags=(--allow-ownerless --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion remove -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_orgman_role() {
    repeating_flags=()
    non_repeating_flags=(--allow-ownerless --allow-damaged --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 3

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion role -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    3)
        __orgman_add_completions -W 'owner'$'\n''member'$'\n''billing'
        return
        ;;
    esac
}

_orgman_transfer() {
    repeating_flags=()
    non_repeating_flags=(--leave --new-user --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--role --data --as --log-level --log-file)
    __orgman_offer_flags_options 3

    # Offer option value completions
    case "${prev}" in
    '--role')
        __orgman_add_completions -W 'owner'$'\n''member'$'\n''billing'
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion transfer -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_orgman_offboard() {
    repeating_flags=()
    non_repeating_flags=(--leave-owners --new-user --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--successor --data --as --log-level --log-file)
    __orgman_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--successor')
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_import() {
    repeating_flags=()
    non_repeating_flags=(--skip-bad --allow-ownerless --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--format --data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--format')
        __orgman_add_completions -W 'csv'$'\n''json'$'\n''jsonl'
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_apply() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_history() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __orgman_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|prune)
        # Offer subcommand argument completions
        "_orgman_history_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list prune' -- "${cur}"))
        ;;
    esac
}

_orgman_history_list() {
    repeating_flags=()
    non_repeating_flags=(--csv --jsonl --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--since --until --by --user --kind --filter --limit --data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '--by')
        return
        ;;
    '--user')
        return
        ;;
    '--kind')
        return
        ;;
    '--filter')
        return
        ;;
    '--limit')
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion history list -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_orgman_history_prune() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--before --data --as --log-level --log-file)
    __orgman_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--before')
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_undo() {
    repeating_flags=()
    non_repeating_flags=(--allow-ownerless --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_redo() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_accept() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_doctor() {
    repeating_flags=()
    non_repeating_flags=(--fix --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_verify() {
    repeating_flags=()
    non_repeating_flags=(--fix --resume --csv --spreadsheet --allow-damaged --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--only --data --as --log-level --log-file)
    __orgman_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--only')
        __orgman_add_completions -W 'stripe'$'\n''lago'
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_info() {
    repeating_flags=()
    non_repeating_flags=(--read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_backup() {
    repeating_flags=()
    non_repeating_flags=(--read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_restore() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--generation --time --data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--generation')
        return
        ;;
    '--time')
        return
        ;;
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_erase() {
    repeating_flags=()
    non_repeating_flags=(--organization --user --allow-ownerless --dry-run --yes -y --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--data --as --log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--data')
        __orgman_add_completions -d
        return
        ;;
    '--as')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -W "$(__orgman_custom_complete ---completion erase -- positional@0 "${COMP_CWORD}" "$(__orgman_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_orgman_install() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --version -h --help)
    repeating_options=()
    non_repeating_options=(--prefix)
    __orgman_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--prefix')
        __orgman_add_completions -d
        return
        ;;
    esac
}

_orgman_config() {
    repeating_flags=()
    non_repeating_flags=(--default --check --path --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __orgman_offer_flags_options 0
}

_orgman_init() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --version -h --help)
    repeating_options=(--reader --editor --row-security)
    non_repeating_options=(--log-level --log-file)
    __orgman_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reader')
        return
        ;;
    '--editor')
        return
        ;;
    '--row-security')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac
}

_orgman_migrate() {
    repeating_flags=()
    non_repeating_flags=(--cut-over --leave-read-only --json --dry-run --yes -y --version -h --help)
    repeating_options=()
    non_repeating_options=(--batch --log-level --log-file)
    __orgman_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--batch')
        return
        ;;
    '--log-level')
        __orgman_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'
        return
        ;;
    '--log-file')
        __orgman_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __orgman_add_completions -d
        return
        ;;
    2)
        __orgman_add_completions -d
        return
        ;;
    esac
}

_orgman_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __orgman_offer_flags_options -1
}

complete -o filenames -F _orgman orgman
