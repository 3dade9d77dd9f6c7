*** Settings ***
Documentation    A device goes away in the middle of a verification.

Resource         ../../resources/sync.resource

Test Tags        component    L-0.3    priority:medium


*** Test Cases ***
A device goes offline in the middle of a verification
    [Documentation]    What its person says meanwhile is told when it is back, and what the other one said is heard.
    Given Alice and Bob are syncing
      And Alice verifies Bob
     When Bob goes offline in the middle of the verification
      And Alice confirms that the emoji match
      And Bob confirms that the emoji match
      And Alice sends 1 message
      And Bob comes online
     Then Alice and Bob should have verified each other within 20 seconds
      And Bob should receive 1 message within 20 seconds

The relay is restarted in the middle of a verification
    [Documentation]    What it held for its devices is gone: who counted that on must begin to count anew.
    Given Alice and Bob are syncing
      And Alice verifies Bob
      And Alice and Bob should see the same emoji within 10 seconds
     When the relay is killed
      And Alice sends 1 message
      And the relay is restarted after 2 seconds
      And Alice confirms that the emoji match
      And Bob confirms that the emoji match
     Then Alice and Bob should have verified each other within 20 seconds
      And Bob should receive 1 message within 20 seconds

A device is killed in the middle of a verification
    [Documentation]    Its keys are gone: it must say so, or the other device waits for it.
    Given Alice and Bob are syncing
      And Alice verifies Bob
     When Bob is killed in the middle of the verification
      And Alice sends 1 message
      And Bob starts again after 2 seconds
      And Alice confirms that the emoji match
     Then Alice and Bob should have given up the verification within 20 seconds
      And Bob should receive 1 message within 20 seconds
