#!/bin/bash
# Whether the agent answers, and is the one that was just configured.
listen=$(cat "$KVMCTL_INPUTS/listen") port=$(cat "$KVMCTL_INPUTS/port")
said=$(
    exec 2>/dev/null
    exec 3<>"/dev/tcp/$listen/$port" || exit 1
    # Zabbix' header, and the length of the question.
    printf 'ZBXD\1\16\0\0\0\0\0\0\0agent.hostname' >&3
    timeout 10 cat <&3 | tr -cd 'a-zA-Z0-9.-'
)
case $said in ZBXD*"$KVMCTL_INSTANCE") exit 0 ;; esac
echo "the agent does not answer on $listen:$port${said:+: it says $said}"
exit 1
