# shellcheck shell=sh
# tools prints "missing NAME" for each program that is not there or cannot do what is asked of it, and "manager NAME" for what
# installs programs there. The packages that they come from are in NodeTool.
#
# Small systems have programs of the right name that lack an option. Users who are not root lack the folders of root's
# programs in their path; sudo, which runs these, does not.

tools() {
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    for manager in apt-get dnf yum apk zypper; do
        if command -v $manager >/dev/null; then echo "manager $manager"; break; fi
    done
    { flock -n -E 75 /dev/null true; case $? in 0 | 75) ;; *) false ;; esac; } >/dev/null 2>&1 || echo 'missing flock'
    { timeout -k 5 9 true; } >/dev/null 2>&1 || echo 'missing timeout'
    { case $(stat -c %.9Y /) in *[0-9].[0-9]*) ;; *) false ;; esac; } >/dev/null 2>&1 || echo 'missing stat'
    { command -v head; } >/dev/null 2>&1 || echo 'missing head'
    { command -v mv; } >/dev/null 2>&1 || echo 'missing mv'
    { command -v sync; } >/dev/null 2>&1 || echo 'missing sync'
    { cp --sparse=always --reflink=auto --help; } >/dev/null 2>&1 || echo 'missing cp'
    { dd iflag=fullblock count=0 </dev/null; } >/dev/null 2>&1 || echo 'missing dd'
    { command -v mktemp; } >/dev/null 2>&1 || echo 'missing mktemp'
    { command -v od; } >/dev/null 2>&1 || echo 'missing od'
    { command -v tee; } >/dev/null 2>&1 || echo 'missing tee'
    { command -v sha256sum; } >/dev/null 2>&1 || echo 'missing sha256sum'
    { [ "$(find / -maxdepth 0 -printf x)" = x ]; } >/dev/null 2>&1 || echo 'missing find'
    { command -v grep; } >/dev/null 2>&1 || echo 'missing grep'
    { command -v sed; } >/dev/null 2>&1 || echo 'missing sed'
    { command -v qemu-img; } >/dev/null 2>&1 || echo 'missing qemu-img'
    { command -v ip; } >/dev/null 2>&1 || echo 'missing ip'
    { command -v bridge; } >/dev/null 2>&1 || echo 'missing bridge'
    { command -v nft; } >/dev/null 2>&1 || echo 'missing nft'
    { command -v awk; } >/dev/null 2>&1 || echo 'missing awk'
    { command -v dnsmasq; } >/dev/null 2>&1 || echo 'missing dnsmasq'
    { command -v iptables; } >/dev/null 2>&1 || echo 'missing iptables'
    { command -v virsh; } >/dev/null 2>&1 || echo 'missing virsh'
    { command -v curl || command -v wget; } >/dev/null 2>&1 || echo 'missing curl'
    { command -v git; } >/dev/null 2>&1 || echo 'missing git'
    { command -v setpriv; } >/dev/null 2>&1 || echo 'missing setpriv'
}
