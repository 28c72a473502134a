# shellcheck shell=sh
# Goes back to what was served before the last switch; where nothing was, nothing is served.
#
# Where "$begun" is not empty, only where a switch had begun that nobody has seen answering. It takes no room, as a full disk
# may be the reason.
role=$1 begun=$2
. ./begin.sh
. ./open-port.sh
. ./close-port.sh
. ./run.sh
# What has proved good is not taken away: there is nothing to go back from.
[ -e "$base/unproven" ] || { [ -z "$begun" ] && [ -L "$base/before.current" ]; } || exit 0
changed=yes; renewed=no
oldPort=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
old=$(readlink "$base/before.current")
if [ -z "$old" ] || [ ! -d "$base/$old" ]; then
    systemctl disable -q --now "$unit"
    rm -f "$base/current" "$base/state" "$base/unproven"
    closePort "$oldPort"
    exit 0
fi
point "$old" || exit 1
for file in nginx.conf state held; do
    rm -f "$base/$file"
    [ ! -f "$base/before.$file" ] || ln "$base/before.$file" "$base/$file" || exit 1
done
port=$(sed -n 's/^port //p' "$base/state" 2>/dev/null)
port=${port:-$oldPort}
openPort
run
rm -f "$base/unproven"
