# shellcheck shell=sh
# Makes the image of the service out of what is in the guest, for there is no registry: perl, and a program that answers
# with its machine's name.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cat >"$root/serve.pl" <<'PERL'
use strict;
use IO::Select;
use IO::Socket::INET;
open my $file, '<', '/etc/hostname' or die "$!";
my $name = <$file>;
# A container that is being stopped goes on answering: the other machines of the swarm hear of it one after another, and
# the two seconds that Docker gives them are too short where they are busy.
my $end = 0;
$SIG{TERM} = sub { $end ||= time + 10 };
my $listener = IO::Socket::INET->new(LocalPort => 8080, Listen => 64, ReuseAddr => 1, Timeout => 1) or die "$!";
while (!$end || time < $end) {
    my $client = $listener->accept or next;
    sysread $client, my $request, 4096 if IO::Select->new($client)->can_read(2);
    print $client "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " . length($name) . "\r\n\r\n$name";
    close $client;
}
PERL
# Docker sends requests to a container from its start on, unless something says when it answers.
cat >"$root/check.pl" <<'PERL'
use IO::Socket::INET;
exit(IO::Socket::INET->new(PeerAddr => '127.0.0.1:8080', Timeout => 5) ? 0 : 1);
PERL
perl=$(command -v perl)
ldd "$perl" | grep -o '/[^ ]*' | while read -r file; do cp --parents -L "$file" "$root"; done
cp --parents -L "$perl" "$root"
cp --parents -R /usr/lib/x86_64-linux-gnu/perl-base "$root"
tar -C "$root" -c . | docker import -c "ENTRYPOINT [\"$perl\", \"/serve.pl\"]" \
    -c "HEALTHCHECK --interval=5s --timeout=30s --retries=5 CMD [\"$perl\", \"/check.pl\"]" - hello:1 >/dev/null
