# shellcheck shell=sh
# Whether the kernel serves files, to those that were placed: a wrong line is left out without a failure.
read -r threads </proc/fs/nfsd/threads 2>/dev/null
[ "${threads:-0}" -gt 0 ] || { echo 'the NFS server does not run'; exit 1; }
grep -qE '^tcp 2049$' /proc/fs/nfsd/portlist || { echo 'the NFS server does not listen on the port 2049'; exit 1; }
tab=$(printf '\t')
# PATH CLIENT(OPTIONS) there, PATH<tab>CLIENT(ALL OPTIONS) here.
grep -v '^#' /etc/exports.d/kvmctl-nfs-server.exports | while read -r path who; do
    client=${who%%(*}
    access=${who#*(}
    access=${access%%,*}
    grep -qF "$path$tab$client($access," /var/lib/nfs/etab ||
        { echo "$path is not shared with $client as $access"; exit 1; }
done
