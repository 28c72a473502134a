# shellcheck shell=sh
# Whether the web pages answer with what is in the database, and the server runs with it.
listen=127.0.0.1
[ ! -f "$KVMCTL_INPUTS/listen" ] || listen=$(cat "$KVMCTL_INPUTS/listen")
place=$listen:$(cat "$KVMCTL_INPUTS/port")
page=$(curl -s -m 12 "http://$place/index.php?form=default" 2>&1)
case $page in
    *'id="password"'*) ;;
    *) echo "the page at $place is not Zabbix' login"; exit 1 ;;
esac
code=$(curl -s -m 12 -o /dev/null -w '%{http_code}' "http://$place/jsLoader.php")
[ "$code" = 200 ] || { echo "the pages at $place come without their programs: jsLoader.php answers $code"; exit 1; }
[ -n "$(ss -Hltn 'src 127.0.0.1:10051')" ] && exit 0
echo "the server does not run: $(journalctl -q -u zabbix-server -n 50 -o cat 2>/dev/null | grep '[a-z]' | tail -n 1)"
exit 1
