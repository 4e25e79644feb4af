/*
 * For Kamailio before 5.8 with OpenSSL 1.1 or 3, Debian 12's among them: preloaded, it keeps Kamailio's processes from
 * sharing OpenSSL's state of a thread.
 *
 * Kamailio puts OpenSSL's memory where all its processes see it, and uses OpenSSL before it forks. What OpenSSL then
 * remembers for "this thread" (its queue of errors) is one and the same object in each process. Two that handle a broken
 * handshake at a time free it twice, and a few hundred such connections bring the server down (kamailio issue 3695).
 * Freed before each fork, it is made anew by whoever needs it. Kamailio 5.8 does the same with tls_threads_mode=2.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>

static const char *const versions[] = {"libcrypto.so.3", "libcrypto.so.1.1"};

static void forget_thread_state(void)
{
    for (unsigned i = 0; i < sizeof versions / sizeof *versions; i++) {
        /* Only what the tls module has brought, never a second copy. */
        void *libcrypto = dlopen(versions[i], RTLD_LAZY | RTLD_NOLOAD);
        if (!libcrypto)
            continue;
        void (*thread_stop)(void) = (void (*)(void))dlsym(libcrypto, "OPENSSL_thread_stop");
        if (thread_stop)
            thread_stop();
        dlclose(libcrypto);
    }
}

__attribute__((constructor)) static void load(void)
{
    pthread_atfork(forget_thread_state, 0, 0);
}
