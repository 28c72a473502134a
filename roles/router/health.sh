# shellcheck shell=sh
# Whether the rules that were placed are in the kernel, and it forwards.
wanted=$(sed -n 's/^ *comment "\(.*\)"$/\1/p' /etc/kvmctl-router.nft | head -n 1)
running=$(nft list table ip kvmctl_router 2>/dev/null | sed -n 's/^[[:space:]]*comment "\(.*\)"$/\1/p' | head -n 1)
[ -n "$wanted" ] || { echo '/etc/kvmctl-router.nft does not name its revision'; exit 1; }
[ "$running" = "$wanted" ] || { echo "the kernel has the rules ${running:-of nobody} and not $wanted"; exit 1; }
read -r forwards </proc/sys/net/ipv4/ip_forward
[ "$forwards" = 1 ] || { echo 'the kernel does not forward packets'; exit 1; }
