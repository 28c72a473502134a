# shellcheck shell=sh
# Begins an attempt, and prints its number and whose packages the guest has. Standard input says what is wanted,
# without bytes.
role=$1
. ./engine.sh
. ./families.sh
. ./units.sh
. ./ports.sh
. ./places.sh
. ./others.sh
. ./back.sh
. ./payload.sh
. ./attempts.sh
lock
take stdin
begin_attempt
