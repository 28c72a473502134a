# shellcheck shell=sh
# forgetKeys removes certificates that neither what is served nor what could be gone back to needs.

forgetKeys() {
    for name in "$base"/private/tls-* "$base"/private/tls.crt "$base"/private/tls.key; do
        grep -qsF "/private/${name##*/}" "$base/nginx.conf" "$base/before.nginx.conf" || rm -rf "$name"
    done
}
