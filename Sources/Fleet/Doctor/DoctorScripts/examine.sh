# shellcheck shell=sh
# Prints a word and its values per line; needs root.
#
# who: the words for sshd's -C; look: the script folder-look. More arguments: the pools' folders. Times are of /proc/uptime,
# whose hundredths every shell can read.
who=$1 look=$2
shift 2
. ./resolve.sh
. ../../Observation/ObservationScripts/folder-access.sh
. ../../Node/NodeScripts/tools.sh
LC_ALL=C; export LC_ALL
echo "time $(date +%s.%N)"
echo "architecture $(uname -m)"
own=$(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)
echo "hostname $own"
echo "machine $(cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null)"
[ ! -e /dev/kvm ] || echo kvm-device yes
! grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo || echo virtualization yes
for file in /sys/module/kvm_intel/parameters/nested /sys/module/kvm_amd/parameters/nested; do
    [ ! -r "$file" ] || echo "nested $(cat "$file")"
done
tools
resolve "$own"
sshd=$(command -v sshd || echo /usr/sbin/sshd)
"$sshd" -T -C "$who" 2>/dev/null | while read -r key value; do
    case $key in maxsessions|maxstartups|allowtcpforwarding|allowstreamlocalforwarding) echo "sshd $key $value" ;; esac
done
number=0
for folder in "$@"; do
    if folder_access "$number" "$folder"; then
        echo "folder $number $([ -d "$folder" ] && echo yes || echo no)"
        echo "mount $number $(stat -c %m -- "$folder" 2>/dev/null)"
        echo "room $number $(stat -f -c '%S %a' -- "$folder" 2>/dev/null)"
    fi
    number=$((number + 1))
done
exit 0
