# shellcheck shell=sh
# Writes private/nginx.conf.new from the text "$nginx", with what depends on this guest, and has nginx try it.
#
# The trial binds no port. A certificate and its key are in a folder named after both, so that the configuration that names
# the folder switches to the pair, and back, as one. Ends with 7 where nginx does not take it.

modules=
flags=$(nginx -V 2>&1)
for module in proxy fastcgi uwsgi scgi; do
    case $flags in
        *"--without-http_${module}_module"*) ;;
        *) modules="$modules${module}_temp_path /run/${unit%.service}/$module; " ;;
    esac
done
tls=
if [ -f "$base/private/tls.crt.new" ] && [ -f "$base/private/tls.key.new" ]; then
    tls=tls-$(cat "$base/private/tls.crt.new" "$base/private/tls.key.new" | sha256sum | cut -c1-16)
    mkdir -p "$base/private/$tls" || exit 1
    for file in crt key; do mv -f "$base/private/tls.$file.new" "$base/private/$tls/$file" || exit 1; done
    chgrp -R kvmctl-site "$base/private/$tls" && chmod 0750 "$base/private/$tls" &&
        chmod 0640 "$base/private/$tls/crt" "$base/private/$tls/key" || exit 1
fi
without=
[ -e /proc/net/if_inet6 ] || without='/^ *listen \[::\]/d'
written=$base/private/nginx.conf.new
printf '%s' "$nginx" | sed -e "s|@modules@|$modules|" -e "s|@tls@|$tls|" -e "$without" >"$written.part" || exit 1
proof=$(sha256sum <"$written.part" | cut -c1-32)
sed "s|@proof@|$proof|" <"$written.part" >"$written" && rm -f "$written.part" || exit 1
trial=$base/private/trial
rm -rf "$trial" && mkdir -m 0700 "$trial" || exit 1
sed -e "s|/run/${unit%.service}/|$trial/|g" -e '/^ *listen \[::\]/d' -e "s|^\( *listen \)[0-9]*|\1unix:$trial/s|" \
    <"$written" >"$trial/conf" || exit 1
if ! timeout 30 nginx -t -q -c "$trial/conf" </dev/null 2>"$trial/said"; then
    grep -v 'test failed$' "$trial/said" >&2
    rm -rf "$trial" "$written"
    forgetKeys
    exit 7
fi
rm -rf "$trial"
