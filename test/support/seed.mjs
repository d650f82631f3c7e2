import fc from 'fast-check';

// The same generated cases on every run, so that a red test is red for everybody; TESSERA_TEST_SEED tries others.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.TESSERA_TEST_SEED ?? 20261124) });
