// The bare libvirt calls that kvmctl's figures are held against: one connection, one call after the other, no more
// calls than the job needs. Prints the seconds that the calls took, without opening the connection.
//
//   libvirt-calls list URI                     the inactive XML of every domain
//   libvirt-calls save URI FOLDER PREFIX       writes each domain's XML whose name starts with PREFIX to FOLDER/NAME.xml
//   libvirt-calls create URI FOLDER POOL BASE BYTES
//       for each FOLDER/NAME.xml: defines it, makes NAME.root.qcow2 over BASE and NAME.seed.iso from FOLDER/seed.iso
//   libvirt-calls delete URI FOLDER POOL       removes what create made
#include <dirent.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void fail(const char *what) {
    fprintf(stderr, "libvirt-calls: %s: %s\n", what, virGetLastErrorMessage());
    exit(1);
}

static void ignore(void *data, virErrorPtr error) { (void)data; (void)error; }

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static char *contents(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) { perror(path); exit(1); }
    fseek(file, 0, SEEK_END);
    *size = ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    if (!bytes || fread(bytes, 1, *size, file) != *size) { perror(path); exit(1); }
    bytes[*size] = 0;
    fclose(file);
    return bytes;
}

// The names in a folder that end in .xml, without the ending.
static int names(const char *folder, char found[][128], int limit) {
    DIR *directory = opendir(folder);
    if (!directory) { perror(folder); exit(1); }
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) && count < limit;) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || length > 120 || strcmp(entry->d_name + length - 4, ".xml")) continue;
        snprintf(found[count], 128, "%.*s", (int)(length - 4), entry->d_name);
        count++;
    }
    closedir(directory);
    return count;
}

static void list(virConnectPtr connection, const char *folder, const char *prefix) {
    virDomainPtr *domains;
    int count = virConnectListAllDomains(connection, &domains, 0);
    if (count < 0) fail("listing");
    for (int i = 0; i < count; i++) {
        char *xml = virDomainGetXMLDesc(domains[i], VIR_DOMAIN_XML_INACTIVE);
        if (!xml) fail("reading a domain");
        if (folder && !strncmp(virDomainGetName(domains[i]), prefix, strlen(prefix))) {
            char path[1024];
            snprintf(path, sizeof path, "%s/%s.xml", folder, virDomainGetName(domains[i]));
            FILE *file = fopen(path, "w");
            if (!file || fputs(xml, file) < 0 || fclose(file)) { perror(path); exit(1); }
        }
        free(xml);
        virDomainFree(domains[i]);
    }
    free(domains);
}

static void upload(virConnectPtr connection, virStorageVolPtr volume, const char *bytes, size_t size) {
    virStreamPtr stream = virStreamNew(connection, 0);
    if (!stream || virStorageVolUpload(volume, stream, 0, size, 0) < 0) fail("starting an upload");
    for (size_t sent = 0; sent < size;) {
        int count = virStreamSend(stream, bytes + sent, size - sent);
        if (count < 0) fail("uploading");
        sent += count;
    }
    if (virStreamFinish(stream) < 0) fail("ending an upload");
    virStreamFree(stream);
}

static void create(virConnectPtr connection, const char *folder, const char *pool_name, const char *base, const char *bytes) {
    static char found[1000][128];
    int count = names(folder, found, 1000);
    char path[1024], xml[2048];
    size_t seed_size, size;
    snprintf(path, sizeof path, "%s/seed.iso", folder);
    char *seed = contents(path, &seed_size);
    virStoragePoolPtr pool = virStoragePoolLookupByName(connection, pool_name);
    if (!pool) fail("finding the pool");
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s.xml", folder, found[i]);
        char *definition = contents(path, &size);
        virDomainPtr domain = virDomainDefineXML(connection, definition);
        if (!domain) fail("defining");
        virDomainFree(domain);
        free(definition);
        snprintf(xml, sizeof xml,
            "<volume><name>%s.root.qcow2</name><capacity>%s</capacity><target><format type='qcow2'/></target>"
            "<backingStore><path>%s</path><format type='qcow2'/></backingStore></volume>", found[i], bytes, base);
        virStorageVolPtr volume = virStorageVolCreateXML(pool, xml, 0);
        if (!volume) fail("making a root disk");
        virStorageVolFree(volume);
        snprintf(xml, sizeof xml,
            "<volume><name>%s.seed.iso</name><capacity>%zu</capacity><target><format type='raw'/></target></volume>",
            found[i], seed_size);
        volume = virStorageVolCreateXML(pool, xml, 0);
        if (!volume) fail("making a seed");
        upload(connection, volume, seed, seed_size);
        virStorageVolFree(volume);
    }
    virStoragePoolFree(pool);
    free(seed);
}

static void delete(virConnectPtr connection, const char *folder, const char *pool_name) {
    static char found[1000][128];
    int count = names(folder, found, 1000);
    const char *endings[] = {".root.qcow2", ".seed.iso"};
    virStoragePoolPtr pool = virStoragePoolLookupByName(connection, pool_name);
    if (!pool) fail("finding the pool");
    for (int i = 0; i < count; i++) {
        virDomainPtr domain = virDomainLookupByName(connection, found[i]);
        if (domain && virDomainUndefine(domain) < 0) fail("undefining");
        if (domain) virDomainFree(domain);
        for (int j = 0; j < 2; j++) {
            char name[256];
            snprintf(name, sizeof name, "%s%s", found[i], endings[j]);
            virStorageVolPtr volume = virStorageVolLookupByName(pool, name);
            if (volume && virStorageVolDelete(volume, 0) < 0) fail("deleting");
            if (volume) virStorageVolFree(volume);
        }
    }
    virStoragePoolFree(pool);
}

int main(int count, char **words) {
    virSetErrorFunc(NULL, ignore);
    if (count < 3) return 64;
    virConnectPtr connection = virConnectOpen(words[2]);
    if (!connection) fail("opening");
    double start = now();
    if (!strcmp(words[1], "list") && count == 3) list(connection, NULL, "");
    else if (!strcmp(words[1], "save") && count == 5) list(connection, words[3], words[4]);
    else if (!strcmp(words[1], "create") && count == 7) create(connection, words[3], words[4], words[5], words[6]);
    else if (!strcmp(words[1], "delete") && count == 5) delete(connection, words[3], words[4]);
    else return 64;
    printf("%.3f\n", now() - start);
    virConnectClose(connection);
    return 0;
}
