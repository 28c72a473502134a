# shellcheck shell=sh
# move has the package in the folder $1 drain or undrain a member: $2, NAME ADDRESS PORT.

move() {
    folder=$1
    KVMCTL_INPUTS=$folder/given; export KVMCTL_INPUTS
    job_variables "$folder"
    shell_of "$folder/package/$2"
    # shellcheck disable=SC2086 # One word or none.
    timeout -k 5 300 $by "$folder/package/$2" "$3" "$4" "$5" <"$folder/inputs" >"$work/log" 2>&1 9>&-
    code=$?
    [ $code = 0 ] && return 0
    last_lines
    case $code in
        124 | 137 | 143) echo "$2 of $3 took longer than 5 minutes" >&2 ;;
        *) echo "$2 of $3 ended with status $code" >&2 ;;
    esac
    return 4
}
# The drained members without $1.
without_member() {
    [ ! -s "$own/drained" ] || while read -r other rest; do
        [ "$other" = "$1" ] || echo "$other $rest"
    done <"$own/drained"
}
