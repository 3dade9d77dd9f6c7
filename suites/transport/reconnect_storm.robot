*** Settings ***
Documentation    Many devices lose the relay at the same moment.

Resource         ../../resources/sync.resource

Test Tags        transport    T-CONN-04    priority:medium


*** Test Cases ***
A storm of reconnections
    [Documentation]    All come back, later and later, and no two of them together.
    Given Alice, Bob, Carol and Dave are syncing
     When the networks of Alice, Bob, Carol and Dave are cut
      And Alice sends 20 messages
      And the networks of Alice, Bob, Carol and Dave are restored after 10 seconds
     Then Dave should receive all 20 messages within 30 seconds
      And reconnections should have been spread out
      And nothing should be lost
