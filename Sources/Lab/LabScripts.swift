// Made by .ci/embed-scripts from the files in LabScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// The scripts of the lab: its nodes, its guest image and its website.
enum LabScripts {
    /// Builds the lab's guest image.
    ///
    /// Arguments: the image to write, an empty work folder that the caller removes, the release of Debian by its name, and
    /// packages to add, whose services do not start by themselves.
    ///
    /// It runs in a mount namespace of its own, with which its mounts and their loop device go away however it ends.
    static let buildGuestImage = #"""
set -eu
target=$1
work=$2
suite=$3
shift 3
# In MiB, of the disk.
size=2048
[ $# -eq 0 ] || size=3072
exec </dev/null

mount --make-rprivate /
sources=
# Sources of this machine that offer the release $1; with $2 they are copied to say that one instead.
offering() {
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        grep -Eq "^(deb |Suites:).*[[:space:]]$1([[:space:]]|\$)" "$file" || continue
        if [ -n "${2:-}" ]; then
            sed "s/$1/$2/g" "$file" >"$work/${file##*/}"
            file=$work/${file##*/}
        fi
        sources="$sources $file"
    done
}
offering "$suite"
# Those of another release lead to the same servers.
for other in trixie bookworm; do [ -n "$sources" ] || offering "$other" "$suite"; done
if [ -z "$sources" ]; then
    echo "no apt source of this machine offers Debian $suite" >&2
    exit 1
fi

packages=linux-image-cloud-amd64,initramfs-tools,systemd-sysv,udev,dbus,cloud-init,cloud-guest-utils,fdisk
packages=$packages,e2fsprogs,openssh-server,sudo,iproute2,iputils-ping,ifupdown,isc-dhcp-client,netcat-openbsd
packages=$packages,curl,ca-certificates,qemu-guest-agent,nginx-light,git,locales,procps,less,zstd,lz4
# Asleep until a guest's user-data wakes one of them; later releases have no firewalld beside cloud-init.
packages=$packages,ufw
[ "$suite" != bookworm ] || packages=$packages,firewalld

# The machine's own way to the mirror, where it has one.
apt-config dump | grep -Ei '^Acquire::https?::Proxy' >"$work/proxy.conf" || true

# A small initial file system that is quick to unpack: emulation makes everything else expensive.
printf '%s\n' MODULES=list COMPRESS=lz4 BUSYBOX=n RESUME=none >"$work/initramfs.conf"
printf '%s\n' virtio_pci virtio_blk virtio_scsi sd_mod sr_mod ext4 >"$work/modules"

# Adds the packages, and says which units they enable.
printf '%s\n' "$@" >"$work/added"
cat >"$work/add" <<'END'
set -eu
work=$1 root=$2
[ -n "$(cat "$work/added")" ] || exit 0
enabled() { chroot "$root" systemctl list-unit-files --state=enabled --no-legend | cut -d ' ' -f 1 | sort; }
enabled >"$work/before"
DEBIAN_FRONTEND=noninteractive xargs chroot "$root" \
    apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 install <"$work/added"
enabled | comm -13 "$work/before" - >"$work/units"
END

root=$work/root
mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
    --include="$packages" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --aptopt='Acquire::Languages "none"' \
    --aptopt="$work/proxy.conf" \
    --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d"' \
    --essential-hook="cp '$work/initramfs.conf' \"\$1/etc/initramfs-tools/conf.d/lab\"" \
    --essential-hook="cp '$work/modules' \"\$1/etc/initramfs-tools/modules\"" \
    --customize-hook="sh '$work/add' '$work' \"\$1\"" \
    "$suite" "$root" $sources

echo vm >"$root/etc/hostname"
printf '127.0.0.1 localhost vm\n::1 localhost\n' >"$root/etc/hosts"
printf 'LABEL=kvmroot / ext4 errors=remount-ro,noatime 0 0\n' >"$root/etc/fstab"
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root"/etc/ssh/ssh_host_*
printf '%s\n' 'auto lo' 'iface lo inet loopback' 'source-directory /etc/network/interfaces.d' \
    >"$root/etc/network/interfaces"
printf 'LANG=C.UTF-8\n' >"$root/etc/default/locale"
printf 'en_US.UTF-8 UTF-8\n' >"$root/etc/locale.gen"
chroot "$root" locale-gen >/dev/null

cat >"$root/etc/cloud/cloud.cfg.d/90_lab.cfg" <<'END'
# Only what a guest of the lab can have: no search for the metadata services of public clouds.
datasource_list: [NoCloud, None]
locale: C.UTF-8
ssh_genkeytypes: [ed25519, ecdsa]
apt_preserve_sources_list: true
manage_etc_hosts: localhost
cloud_init_modules:
  [migrator, seed_random, bootcmd, write-files, growpart, resizefs, disk_setup, mounts, set_hostname,
   update_hostname, update_etc_hosts, ca-certs, users-groups, ssh]
cloud_config_modules: [locale, set-passwords, ntp, timezone, runcmd]
cloud_final_modules:
  [package-update-upgrade-install, write-files-deferred, scripts-vendor, scripts-per-once, scripts-per-boot,
   scripts-per-instance, scripts-user, phone-home, final-message, power-state-change]
END
# Nothing runs by itself, and what a guest needs not is not started.
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    logrotate.timer dpkg-db-backup.timer man-db.timer systemd-pstore.service nginx.service \
    ufw.service firewalld.service $(cat "$work/units" 2>/dev/null); do
    chroot "$root" systemctl disable "$unit" >/dev/null 2>&1 || true
done
for unit in systemd-binfmt.service proc-sys-fs-binfmt_misc.automount dev-hugepages.mount dev-mqueue.mount \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
    modprobe@configfs.service modprobe@drm.service modprobe@efi_pstore.service modprobe@fuse.service \
    systemd-update-utmp.service systemd-update-utmp-runlevel.service cloud-init-hotplugd.socket; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
chroot "$root" systemctl enable serial-getty@ttyS0.service >/dev/null 2>&1
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/tmp/*

# What the kernel does against hostile neighbours only costs time in an emulated guest on one's own machine.
speed="mitigations=off nokaslr audit=0 random.trust_cpu=on"
# Of several emulated processors the kernel believes that their counters differ, and asks a timer instead, which is an
# emulated device: a boot then needs a third more of the machine's processor time.
speed="$speed tsc=reliable clocksource=tsc"
kernel=$(basename "$(ls "$root"/boot/vmlinuz-* | tail -n 1)")
initrd=initrd.img-${kernel#vmlinuz-}
raw=$work/disk.raw
truncate -s "${size}M" "$raw"
printf 'label: dos\nstart=2048, type=83, bootable\n' | sfdisk --quiet "$raw"
dd if=/usr/lib/EXTLINUX/mbr.bin of="$raw" conv=notrunc status=none
# The boot loader reads neither 64-bit block numbers nor checksums of metadata.
mkfs.ext4 -q -F -L kvmroot -O ^64bit,^metadata_csum -m 1 -E offset=1048576 "$raw" "$((size * 1024 - 1024))k"
mkdir "$work/mnt"
mount -o loop,offset=1048576 "$raw" "$work/mnt"
cp -a "$root/." "$work/mnt/"
mkdir -p "$work/mnt/boot/extlinux"
cat >"$work/mnt/boot/extlinux/extlinux.conf" <<END
default linux
prompt 0
timeout 0
label linux
    kernel ../$kernel
    initrd ../$initrd
    append root=LABEL=kvmroot ro net.ifnames=0 console=ttyS0,115200 $speed
END
extlinux --install "$work/mnt/boot/extlinux" 2>&1 | grep -v '^/' || true
umount "$work/mnt"
qemu-img convert -c -O qcow2 "$raw" "$target.part"
mv "$target.part" "$target"

"""#

    /// Makes `$1/site.git` with the branches main and docs, at once or not at all.
    static let makeSite = #"""
set -eu
folder=$1
rm -rf "$folder/work" "$folder/site.part"
mkdir "$folder/work"
cd "$folder/work"
unset GIT_DIR GIT_WORK_TREE
git() { command git -c init.defaultBranch=main -c user.name=kvmctl -c user.email=kvmctl@localhost "$@"; }
page() {
    cat >index.html <<END
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>$1</title><link rel="stylesheet" href="style.css"></head>
<body><main><h1>$1</h1><p>$2</p></main></body>
</html>
END
}
git init -q
printf '%s\n' 'main { font-family: sans-serif; margin: 4em auto; max-width: 30em; }' >style.css
page 'Blog' 'This page is the branch main of a git repository, served by kvmctl.'
git add . && git commit -q -m 'Say hello on the blog'
git checkout -q -b docs
page 'Docs' 'This page is the branch docs of the same repository.'
git add . && git commit -q -m 'Say hello in the docs'
git checkout -q main
git clone -q --bare . "$folder/site.part"
rm -rf "$folder/work"
mv "$folder/site.part" "$folder/site.git"

"""#

    /// The first process of a node: it makes the node's private view and starts its daemons.
    ///
    /// Arguments: the node's name, its folder, the shared folder, its address, "kvm" or "emulation", and its traits.
    ///
    /// It ends in `wait`: a shell that waits collects every process that dies in the node, which libvirt's daemon in its
    /// place would not do; QEMU's probes would stay as zombies and every call would hang.
    static let startNode = #"""
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

"""#
}
