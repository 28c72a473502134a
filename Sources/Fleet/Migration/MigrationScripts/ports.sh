# shellcheck shell=sh
# Prints the range of ports that libvirt's configuration sets for migrations, a line for each end.
file=$1
for end in min max; do
    sed -n "s/^[[:space:]]*migration_port_${end}[[:space:]]*=[[:space:]]*\([0-9]*\).*/$end \1/p" "$file" 2>/dev/null
done
