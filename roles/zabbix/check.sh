# shellcheck shell=sh
# Whether the server runs. One that waits for its database says why.
[ -z "$(ss -Hltn 'src 127.0.0.1:10051')" ] || exit 0
said=$(timeout 25 /usr/local/lib/kvmctl-zabbix/schema 2>&1 | tail -n 1)
case $said in
    ready) echo 'the server does not run' ;;
    empty | partial | foreign) echo "the server waits for its database, which is $said" ;;
    *) echo "the server waits for its database: $said" ;;
esac
exit 1
