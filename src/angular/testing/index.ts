/**
 * rxwamp in the tests of an Angular application: a router that the test plays.
 *
 * @packageDocumentation
 */
export { WampTestingController } from './controller.js';
export { TestInvocation } from './invocation.js';
export { provideWampTesting, type WampTestingOptions } from './provide.js';
export { TestCall, TestPublication, TestRegistration, TestSubscription, type TestRequest } from './requests.js';
