# shellcheck shell=sh
# Whether the rules that were placed are in the kernel, all of them, and it forwards.
file=/etc/kvmctl-router.nft
# The revision, and of each chain its policy and how many rules it has.
shape() {
    awk '
        $1 == "chain" { chain = $2; policy = "none"; rules = 0; next }
        chain == "" { if ($1 == "comment") print "revision", $2; next }
        $1 == "}" { print chain, policy, rules; chain = ""; next }
        $1 == "type" { policy = $NF; next }
        NF && $1 !~ /^#/ { rules++ }'
}
wanted=$(shape <"$file")
running=$(nft list table ip kvmctl_router 2>/dev/null | shape)
[ -n "$wanted" ] || { echo "$file has no rules"; exit 1; }
[ -n "$running" ] || { echo "the kernel does not have the rules of $file"; exit 1; }
[ "$running" = "$wanted" ] || { echo "the kernel has other rules than $file"; exit 1; }
read -r forwards </proc/sys/net/ipv4/ip_forward
[ "$forwards" = 1 ] || { echo 'the kernel does not forward packets'; exit 1; }
