*** Settings ***
Documentation    What everybody did is kept: for users who ask afterwards, and for what peers make of each other.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Audit log
    [Documentation]    One user writes a file, one changes it, one deletes it: every log has each under the right name.
    [Tags]    P-6.1.6
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Bob writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Carol deletes file "plan.txt"
     Then file "plan.txt" should be deleted everywhere within 30 seconds
      And every device's log should tell who wrote "plan.txt"

Reputation
    [Documentation]    Bob has caught Mallory at a forgery, and is killed: back again, he still takes nothing of hers.
    [Tags]    P-6.1.7
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who writes in the names of others
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Mallory shares 1 version of file "plan.txt"
     Then everybody should have quarantined Mallory within 20 seconds
     When Bob is killed
      And Alice writes file "list.txt"
      And Bob starts again after 2 seconds
     Then all folders should be equal within 30 seconds
