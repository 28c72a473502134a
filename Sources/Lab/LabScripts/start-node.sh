# shellcheck shell=sh
# The first process of a node: it makes the node's private view and starts its daemons.
#
# Arguments: the node's name, its folder, the shared folder, its address, "kvm" or "emulation", and its traits.
#
# It ends in `wait`: a shell that waits collects every process that dies in the node, which libvirt's daemon in its
# place would not do; QEMU's probes would stay as zombies and every call would hang.
set -eu
node=$1 folder=$2 shared=$3 address=$4 acceleration=$5 traits=" $6 "
exec >"$folder/var/log/init.log" 2>&1 </dev/null

hostname "$node"
mount --make-rprivate /

# The node's disk: what it keeps over a crash. By way of /mnt, since these mounts may hide the folder itself.
mount --bind "$shared" "$folder/srv/shared"
mount --rbind "$folder" /mnt
mount --bind /mnt/var /var
# As the package of swtpm has it, whose user makes certificates there for guests' TPMs.
if id tss >/dev/null 2>&1; then mkdir -p /var/lib/swtpm-localca && chown tss /var/lib/swtpm-localca; fi
mount --bind /mnt/etc/libvirt /etc/libvirt
mount --bind /mnt/etc/ssh /etc/ssh
for file in hosts hostname machine-id resolv.conf passwd group shadow sudoers; do
    if [ -e "/etc/$file" ] && [ -e "/mnt/etc/$file" ]; then mount --bind "/mnt/etc/$file" "/etc/$file"; fi
done
mount --bind /mnt/root /root
mount --rbind /mnt/srv /srv
umount --recursive /mnt

# What it loses with its power.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/sshd /run/lock
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup

# Devices of its own. /dev/kvm is there only where it works: a broken one makes libvirt probe QEMU at each call.
mount -t tmpfs -o mode=755,size=1m tmpfs /mnt
mkdir /mnt/pts /mnt/shm /mnt/net
mknod -m 666 /mnt/null c 1 3
mknod -m 666 /mnt/zero c 1 5
mknod -m 666 /mnt/full c 1 7
mknod -m 666 /mnt/random c 1 8
mknod -m 666 /mnt/urandom c 1 9
mknod -m 666 /mnt/tty c 5 0
mknod -m 600 /mnt/net/tun c 10 200
if [ "$acceleration" = kvm ]; then mknod -m 666 /mnt/kvm c 10 232; fi
ln -s pts/ptmx /mnt/ptmx
ln -s /proc/self/fd /mnt/fd
ln -s fd/0 /mnt/stdin
ln -s fd/1 /mnt/stdout
ln -s fd/2 /mnt/stderr
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts /mnt/pts
mount -t tmpfs -o mode=1777 tmpfs /mnt/shm
mount --move /mnt /dev

# The rest is the machine's, to read only. No file of it may be open for writing then: the log is reopened.
exec >>/var/log/init.log 2>&1
mount -o remount,bind,ro /

ip link set lo up
tries=0
until ip link show uplink >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 200 ]; then
        echo "no uplink appeared within 10 s"
        exit 1
    fi
    sleep 0.05
done
# Without its own fixed address a bridge takes another one with each guest that comes or goes.
read -r hardware </sys/class/net/uplink/address
ip link add br0 address "$hardware" type bridge stp_state 0 forward_delay 0
ip link set uplink master br0
ip link set uplink up
ip address add "$address/24" dev br0
ip link set br0 up

cd /
sshd=$(command -v sshd)
"$sshd" -D -E /var/log/sshd.log &
virtlogd &
libvirtd &
case $traits in *" modular-socket "*)
    # The modular daemon's socket has another name; a client finds it by its name alone.
    for kind in sock sock-ro; do
        until [ -S "/run/libvirt/libvirt-$kind" ]; do sleep 0.05; done
        mv "/run/libvirt/libvirt-$kind" "/run/libvirt/virtqemud-$kind"
    done
esac
if [ -d /srv/git ]; then
    git daemon --export-all --reuseaddr --enable=receive-pack --listen="$address" --base-path=/srv/git &
fi
wait
